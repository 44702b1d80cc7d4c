import MilterKit

/// A client's address in the form that block lists have in their names (RFC 5782).
///
/// The form of 192.0.2.7 is `7.2.0.192`. An IPv6 address has its 32 hexadecimal digits, the last one first.
struct ReversedAddress: Equatable, Sendable {
  /// The labels, without the list's zone.
  let labels: String

  /// Reverses an address.
  ///
  /// An IPv4-mapped IPv6 address counts as its IPv4 address. The result is `nil` for a client on a
  /// Unix-domain socket, and for an address that is not valid.
  init?(_ address: MilterAddress) {
    guard let bytes = address.bytes?.reversed() else { return nil }
    let isInet = bytes.count == 4
    if isInet {
      labels = bytes.map { String($0) }.joined(separator: ".")
    } else {
      let digits = bytes.flatMap { byte in [byte & 0x0F, byte >> 4] }
      labels = digits.map { String($0, radix: 16) }.joined(separator: ".")
    }
  }
}
