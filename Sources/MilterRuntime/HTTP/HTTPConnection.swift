import MilterSystem

/// A connection of a page server, which belongs to the server's thread.
struct HTTPConnection {
  let socket: Socket
  /// The time when it is closed at the latest, by ``CoarseClock``.
  let deadline: UInt64
  private var request: [UInt8] = []
  private var response: [UInt8] = []
  private var sent = 0
  private var phase = Phase.reading

  private enum Phase {
    case reading
    case writing
    /// The response is sent. Further input is dropped: if the connection were closed with unread input, it
    /// would be reset, and the response would be lost.
    case draining
  }

  /// The maximum number of consecutive reads.
  private static let mostReads = 16

  init(_ socket: Socket, until deadline: UInt64) {
    self.socket = socket
    self.deadline = deadline
  }

  /// Continues as far as possible without waiting.
  ///
  /// - Parameter answer: Creates the response to a complete or invalid request.
  /// - Returns: The event to wait for; `nil` if the connection is over.
  /// - Throws: An error if the peer has closed the connection.
  mutating func proceed(_ answer: (HTTPRequest.Reading) -> [UInt8]) throws(SocketError) -> Readiness
    .Event?
  {
    var buffer = [UInt8](repeating: 0, count: 4096)
    for _ in 0..<Self.mostReads {
      if phase == .writing {
        let count = try socket.writeAvailable(response.span.extracting(sent...))
        sent += count
        guard sent == response.count else { return .writable }
        try socket.shutdown(.writing)
        phase = .draining
      }
      switch try socket.readAvailable(into: &buffer) {
      case .endOfStream: return nil
      case .wouldBlock: return .readable
      case .bytes(let count):
        guard phase == .reading else { continue }
        request += buffer[..<count]
        let reading = HTTPRequest.read(request)
        guard reading != .more else { continue }
        request = []
        response = answer(reading)
        phase = .writing
      }
    }
    // Other connections have their turn before the next read.
    return phase == .writing ? .writable : .readable
  }
}
