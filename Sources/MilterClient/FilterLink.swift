/// One side of a connection to a filter.
package protocol FilterLink: AnyObject {
  /// Sends all bytes, unless the filter has closed the connection; ``receive(within:)`` then reports that.
  func send(_ bytes: [UInt8], within limit: Duration) -> FilterLinkEvent?

  /// Waits until the filter sends bytes or ends its side of the connection.
  func receive(within limit: Duration) -> FilterLinkEvent

  /// Ends the connection.
  func close()
}
