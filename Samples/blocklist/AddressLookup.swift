/// Finds the IPv4 addresses of names without blocking the caller's thread.
///
/// This is all that the filter uses of DNS. Any asynchronous resolver can take the place of ``LookupCache``.
protocol AddressLookup: Sendable {
  /// Looks a name up.
  ///
  /// - Returns: its addresses, an empty list if the name does not exist.
  /// - Throws: ``LookupFailure`` if no server answers, `CancellationError` as soon as the task is canceled.
  func addresses(of name: String) async throws -> LookupAnswer
}

/// The IPv4 addresses of a name.
struct LookupAnswer: Equatable, Sendable {
  var addresses: [InetAddress] = []
  /// How long the answer is valid.
  var lifetime: Duration = .seconds(300)
}

/// Why a name could not be looked up.
struct LookupFailure: Error, Equatable, CustomStringConvertible {
  let description: String
}
