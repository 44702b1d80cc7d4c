/// Finds the IPv4 addresses of names without blocking the caller's thread.
///
/// The filter uses DNS only through this protocol. Any asynchronous resolver can replace ``LookupCache``.
protocol AddressLookup: Sendable {
  /// Looks a name up.
  ///
  /// - Returns: Its addresses; an empty list if the name does not exist.
  /// - Throws: ``LookupFailure`` if no server answers; `CancellationError` as soon as the task is canceled.
  func addresses(of name: String) async throws -> LookupAnswer
}
