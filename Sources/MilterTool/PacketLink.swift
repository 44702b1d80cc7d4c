import MilterCore
import MilterSystem

/// A connection to a filter that sends and receives packets.
final class PacketLink {
  private let socket: Socket
  private let timeout: Int
  private var decoder = FrameDecoder()
  /// The first bytes from the filter.
  private(set) var opening: [UInt8] = []

  /// Connects to a filter.
  ///
  /// - Parameters:
  ///   - spec: Where it listens.
  ///   - connectTimeout: How long to wait for the connection, in seconds; `nil` for the time of a reply.
  ///   - timeout: How long to wait for a reply, in seconds.
  /// - Throws: `SocketError` if nobody takes the connection.
  init(
    _ spec: SocketSpec, connectTimeout: Int? = nil, timeout: Int
  ) throws(SocketError) {
    self.timeout = timeout
    socket = try Socket.connect(to: spec, milliseconds: (connectTimeout ?? timeout) * 1000)
    try socket.setReceiveTimeout(milliseconds: timeout * 1000)
    try socket.setSendTimeout(milliseconds: timeout * 1000)
    decoder.maximumPayload = WireLimits.payload1M
  }

  /// Sends a command.
  ///
  /// If the filter has closed the connection, only the missing reply shows it.
  func send(_ command: MTACommand) throws {
    var writer = ByteWriter()
    command.write(to: &writer)
    do {
      try writer.bytes.withUnsafeBytes { try socket.write(all: $0) }
    } catch let error as SocketError where error.code == .disconnected {}
  }

  /// Receives the next reply; `nil` if the filter has closed the connection.
  func receive() throws -> FilterReply? {
    while true {
      if let frame = try decoder.next() {
        let buffer = decoder.storage
        return try FilterReply(code: frame.code, payload: buffer.span.extracting(frame.payload))
      }
      var buffer = [UInt8](repeating: 0, count: 64 * 1024)
      do {
        switch try buffer.withUnsafeMutableBytes({ try socket.read(into: $0) }) {
        case .bytes(let count):
          opening += buffer[..<min(count, 200 - opening.count)]
          decoder.append(buffer[..<count])
        case .endOfStream: return nil
        case .wouldBlock:
          throw SocketError(.timedOut, "the filter has not replied within \(timeout) seconds")
        }
      } catch let error as SocketError where error.code == .disconnected {
        return nil
      }
    }
  }
}
