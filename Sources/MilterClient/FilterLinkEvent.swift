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
