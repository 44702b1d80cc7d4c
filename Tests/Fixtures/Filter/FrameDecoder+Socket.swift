package import MilterCore
package import MilterSystem

extension FrameDecoder {
  /// Returns the next packet from a socket with a receive timeout; `nil` at the end of its data.
  ///
  /// - Parameters:
  ///   - socket: The socket.
  ///   - silence: Returns the error to throw if nothing comes before the timeout.
  /// - Returns: The packet, whose payload is in ``FrameDecoder/storage``.
  /// - Throws: An error if the packet has an invalid length, or the connection breaks.
  package mutating func receive(
    from socket: Socket, silence: () -> any Error
  ) throws -> Frame? {
    while true {
      if let frame = try next() { return frame }
      var result = ReadResult.wouldBlock
      _ = try fill { space in
        try space.withUnsafeMutableBytes { result = try socket.read(into: $0) }
        if case .bytes(let count) = result { return count }
        return 0
      }
      switch result {
      case .bytes: continue
      case .endOfStream: return nil
      case .wouldBlock: throw silence()
      }
    }
  }
}
