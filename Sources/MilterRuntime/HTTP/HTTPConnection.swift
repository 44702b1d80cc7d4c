import MilterSystem

/// A connection of a server of pages; it belongs to the server's thread.
struct HTTPConnection {
  let socket: Socket
  /// When it is closed at the latest, by ``CoarseClock``.
  let deadline: UInt64
  private var request: [UInt8] = []
  private var response: [UInt8] = []
  private var sent = 0
  private var phase = Phase.reading

  private enum Phase {
    case reading
    case writing
    /// All is sent. What the peer still sends is dropped: closed over unread bytes, the connection would
    /// be reset, and the response lost with it.
    case draining
  }

  /// The maximum number of reads at one go.
  private static let mostReads = 16

  init(_ socket: Socket, until deadline: UInt64) {
    self.socket = socket
    self.deadline = deadline
  }

  /// Goes on as far as it can without waiting.
  ///
  /// - Parameter answer: makes the response to a request that is complete, or can be none.
  /// - Returns: what to wait for; nil if the connection is over.
  /// - Throws: if the peer has gone.
  mutating func proceed(_ answer: (HTTPRequest.Reading) -> [UInt8]) throws(SocketError) -> Readiness
    .Event?
  {
    var buffer = [UInt8](repeating: 0, count: 4096)
    for _ in 0..<Self.mostReads {
      if phase == .writing {
        let rest = response[sent...]
        sent += try Self.write(rest, to: socket)
        guard sent == response.count else { return .writable }
        try socket.shutdown(.writing)
        phase = .draining
      }
      switch try Self.read(into: &buffer, from: socket) {
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
    // Others have their turn before more is read.
    return phase == .writing ? .writable : .readable
  }

  private static func write(_ bytes: ArraySlice<UInt8>, to socket: Socket) throws(SocketError)
    -> Int
  {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(SocketError) in try socket.writeAvailable(bytes) }
    }
    return try result.get()
  }

  private static func read(into buffer: inout [UInt8], from socket: Socket) throws(SocketError)
    -> ReadResult
  {
    let result = buffer.withUnsafeMutableBytes { bytes in
      Result { () throws(SocketError) in try socket.readAvailable(into: bytes) }
    }
    return try result.get()
  }
}
