/// Finds the IPv4 addresses of names without blocking a thread of the caller's.
///
/// The filter uses nothing else of DNS: any asynchronous resolver can take the place of ``LookupCache``.
protocol AddressLookup: Sendable {
  /// Looks a name up.
  ///
  /// - Returns: its addresses; none if the name does not exist.
  /// - Throws: ``LookupFailure`` if that cannot be found out, `CancellationError` as soon as the task
  ///   is canceled.
  func addresses(of name: String) async throws -> LookupAnswer
}

/// The IPv4 addresses of a name.
struct LookupAnswer: Equatable, Sendable {
  var addresses: [InetAddress] = []
  /// How long the answer holds.
  var lifetime: Duration = .seconds(300)
}

/// Why a name could not be looked up.
struct LookupFailure: Error, Equatable, CustomStringConvertible {
  let description: String
}
