import MilterKit

/// A client's address as the names in a block list have it, RFC 5782: `7.2.0.192` for 192.0.2.7, and
/// the 32 hexadecimal digits of an IPv6 address, the last one first.
struct ReversedAddress: Equatable, Sendable {
  /// The labels, without the list's zone.
  let labels: String

  /// Reverses an address; `nil` for a client on a Unix-domain socket, and for what is no address.
  ///
  /// An IPv6 address that maps an IPv4 one is that IPv4 address.
  init?(_ address: MilterAddress) {
    guard let bytes = address.bytes?.reversed() else { return nil }
    let labels =
      bytes.count == 4
      ? bytes.map { String($0) }
      : bytes.flatMap { [$0 & 15, $0 >> 4] }.map { String($0, radix: 16) }
    self.labels = labels.joined(separator: ".")
  }
}
