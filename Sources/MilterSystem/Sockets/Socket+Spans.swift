/// Reads and writes of bytes in Swift's own types, with typed errors.
extension Socket {
  /// Reads the available bytes into an array, without waiting.
  ///
  /// - Parameter buffer: The array for the bytes, which must not be empty.
  /// - Returns: The number of bytes, the end of the stream, or that no bytes are available.
  /// - Throws: ``SocketError`` with the code `disconnected` if the connection broke.
  package func readAvailable(into buffer: inout [UInt8]) throws(SocketError) -> ReadResult {
    var span = buffer.mutableSpan
    return try span.withUnsafeMutableBytes { bytes throws(SocketError) in
      try readAvailable(into: bytes)
    }
  }

  /// Writes the bytes that the system takes at once, and returns their number.
  package func writeAvailable(_ bytes: Span<UInt8>) throws(SocketError) -> Int {
    try bytes.withUnsafeBytes { bytes throws(SocketError) in try writeAvailable(bytes) }
  }

  /// Writes all bytes.
  package func write(all bytes: Span<UInt8>) throws(SocketError) {
    try bytes.withUnsafeBytes { bytes throws(SocketError) in try write(all: bytes) }
  }

  /// Writes all bytes within a time, however slowly the peer reads.
  package func write(all bytes: Span<UInt8>, within limit: Duration) throws(SocketError) {
    try bytes.withUnsafeBytes { bytes throws(SocketError) in try write(all: bytes, within: limit) }
  }
}
