/// The result of a read from a socket.
@usableFromInline package enum ReadResult: Hashable, Sendable {
  /// The number of bytes at the start of the buffer; at least one.
  case bytes(Int)
  /// The peer has ended its output.
  case endOfStream
  /// No bytes arrived within the receive timeout, or none are available on a non-blocking socket.
  case wouldBlock
}
