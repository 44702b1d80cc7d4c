/// The way to a filter: what one side of a connection can do.
package protocol FilterLink: AnyObject {
  /// Sends all bytes, unless the filter has gone; ``receive(within:)`` then reports that.
  func send(_ bytes: [UInt8], within limit: Duration) -> FilterLinkEvent?

  /// Waits for bytes from the filter, or for its end.
  func receive(within limit: Duration) -> FilterLinkEvent

  /// Ends the connection.
  func close()
}

/// The result of waiting for a filter.
package enum FilterLinkEvent {
  /// Bytes it sent; at least one.
  case bytes([UInt8])
  /// It sends no more.
  case endOfStream
  /// It neither sent nor took anything in time.
  case silence
  /// The connection broke, for a reason.
  case broken(String)
}
