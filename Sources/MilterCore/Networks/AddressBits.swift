#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// An IP address as a number.
///
/// An IPv6 address that maps an IPv4 one (`::ffff:192.0.2.7`) is that IPv4 address.
package enum AddressBits: Equatable {
  case inet(UInt32)
  case inet6(UInt128)

  /// Reads an address in the form that `inet_pton()` accepts; `nil` for any other text.
  init?(_ text: String) {
    var inet = in_addr()
    var inet6 = in6_addr()
    if unsafe inet_pton(AF_INET, text, &inet) == 1 {
      self = .inet(UInt32(bigEndian: inet.s_addr))
    } else if unsafe inet_pton(AF_INET6, text, &inet6) == 1 {
      let bits = unsafe withUnsafeBytes(of: &inet6) {
        UInt128(bigEndian: unsafe $0.loadUnaligned(as: UInt128.self))
      }
      self = bits >> 32 == 0xFFFF ? .inet(UInt32(truncatingIfNeeded: bits)) : .inet6(bits)
    } else {
      return nil
    }
  }

  /// Drops the tag that Sendmail, like RFC 5321, puts before an IPv6 address.
  package static func withoutTag(_ text: Substring) -> Substring {
    let tag = "ipv6:"
    return text.lowercased().hasPrefix(tag) ? text.dropFirst(tag.count) : text
  }

  /// The number of an MTA's client; `nil` for a client on a unix-domain socket.
  init?(_ address: MilterAddress) {
    switch address {
    case .inet(let text, _), .inet6(let text, _): self.init(text)
    case .unix: return nil
    }
  }

  /// The address in its usual form.
  var text: String {
    switch self {
    case .inet(let bits):
      var address = in_addr(s_addr: bits.bigEndian)
      return unsafe MilterAddress.canonical(AF_INET, &address) ?? ""
    case .inet6(let bits):
      var bytes = bits.bigEndian
      return unsafe MilterAddress.canonical(AF_INET6, &bytes) ?? ""
    }
  }
}

extension FixedWidthInteger where Self: UnsignedInteger {
  /// The bits of an address that differ within a network whose prefix has a length of 0 to the width.
  static func hostBits(prefix length: Int) -> Self {
    // Unlike `&>>`, a shift by the whole width leaves 0.
    max >> length
  }
}
