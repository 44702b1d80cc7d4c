/// The IPv4 addresses of a name.
struct LookupAnswer: Equatable, Sendable {
  var addresses: [InetAddress] = []
  /// The time for which the answer is valid.
  var lifetime: Duration = .seconds(300)
}
