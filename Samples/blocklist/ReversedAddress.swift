import MilterKit
import MilterPlatform

/// A client's address as the names in a block list have it, RFC 5782: `7.2.0.192` for 192.0.2.7, and
/// the 32 hexadecimal digits of an IPv6 address, the last one first.
struct ReversedAddress: Equatable, Sendable {
  /// The labels, without the list's zone.
  let labels: String

  /// Reverses an address; `nil` for a client on a Unix-domain socket, and for what is no address.
  ///
  /// An IPv6 address that maps an IPv4 one is that IPv4 address.
  init?(_ address: MilterAddress) {
    switch address {
    case .unix: return nil
    case .inet(let text, _), .inet6(let text, _):
      var inet = in_addr()
      var inet6 = in6_addr()
      if inet_pton(AF_INET, text, &inet) == 1 {
        labels = withUnsafeBytes(of: inet) { Self.numbers($0[...]) }
      } else if inet_pton(AF_INET6, text, &inet6) == 1 {
        labels = withUnsafeBytes(of: inet6) { bytes in
          let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] & bytes[11] == 0xFF
          return isMapped ? Self.numbers(bytes[12...]) : Self.digits(bytes)
        }
      } else {
        return nil
      }
    }
  }

  private static func numbers(_ bytes: some BidirectionalCollection<UInt8>) -> String {
    bytes.reversed().map { String($0) }.joined(separator: ".")
  }

  private static func digits(_ bytes: UnsafeRawBufferPointer) -> String {
    bytes.reversed().flatMap { [$0 & 15, $0 >> 4] }.map { String($0, radix: 16) }
      .joined(separator: ".")
  }
}
