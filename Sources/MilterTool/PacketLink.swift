import MilterClient
import MilterCore
import MilterSystem

/// A connection to a filter that sends and receives packets.
final class PacketLink {
  private let link: SocketLink
  private let timeout: Duration
  private var decoder = FrameDecoder()
  /// The first bytes from the filter.
  private(set) var opening: [UInt8] = []

  /// Connects to a filter.
  ///
  /// - Parameters:
  ///   - spec: The filter's socket.
  ///   - connectTimeout: The maximum time for the connection, in seconds; `nil` for the time of a reply.
  ///   - timeout: The maximum time for a reply, in seconds.
  /// - Throws: `SocketError` if nobody takes the connection.
  init(
    _ spec: SocketSpec, connectTimeout: Int? = nil, timeout: Int
  ) throws(SocketError) {
    self.timeout = .seconds(timeout)
    link = SocketLink(
      try Socket.connect(to: spec, milliseconds: (connectTimeout ?? timeout) * 1000))
    decoder.maximumPayload = WireLimits.payload1M
  }

  /// Sends a command.
  ///
  /// If the filter has closed the connection, only the missing reply shows it.
  func send(_ command: MTACommand) throws {
    var writer = ByteWriter()
    command.write(to: &writer)
    switch link.send(writer.bytes, within: timeout) {
    case nil, .bytes, .endOfStream: break
    case .silence: throw late("has not read a command")
    case .broken(let reason): throw SocketError(.systemCall, reason)
    }
  }

  /// Receives the next reply; `nil` if the filter has closed the connection.
  func receive() throws -> FilterReply? {
    // Bytes that do not complete a reply do not extend the time.
    let deadline = ContinuousClock.now + timeout
    while true {
      if let frame = try decoder.next() {
        let buffer = decoder.storage
        return try FilterReply(code: frame.code, payload: buffer.span.extracting(frame.payload))
      }
      let left = deadline - .now
      switch left > .zero ? link.receive(within: left) : .silence {
      case .bytes(let bytes):
        opening += bytes.prefix(200 - opening.count)
        decoder.append(bytes)
      case .endOfStream: return nil
      case .silence: throw late("has not replied")
      case .broken(let reason): throw SocketError(.systemCall, reason)
      }
    }
  }

  private func late(_ event: String) -> SocketError {
    SocketError(.timedOut, "the filter \(event) within \(timeout.components.seconds) seconds")
  }
}
