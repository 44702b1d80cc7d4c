/// One side of a connection to a filter.
package protocol FilterLink: AnyObject {
  /// Sends all bytes, unless the filter has closed the connection; ``receive(within:)`` then reports that.
  func send(_ bytes: [UInt8], within limit: Duration) -> FilterLinkEvent?

  /// Waits until the filter sends bytes or ends its side of the connection.
  func receive(within limit: Duration) -> FilterLinkEvent

  /// Ends the connection.
  func close()
}

/// The result of waiting for a filter.
package enum FilterLinkEvent {
  /// Bytes from the filter, at least one.
  case bytes([UInt8])
  /// The filter has ended its side of the connection.
  case endOfStream
  /// The filter neither sent nor read a byte in time.
  case silence
  /// The connection failed, for this reason.
  case broken(String)
}
