/// The result of a read from a socket.
package enum ReadResult: Hashable, Sendable {
  /// The number of bytes at the start of the buffer; at least one.
  case bytes(Int)
  /// The peer writes no more.
  case endOfStream
  /// Nothing came within the receive time-out, or nothing is there on a non-blocking socket.
  case wouldBlock
}
