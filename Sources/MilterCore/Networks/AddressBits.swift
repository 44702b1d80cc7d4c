/// An IP address as a number in the machine's byte order.
package enum AddressBits: Equatable {
  case inet(UInt32)
  case inet6(UInt128)

  /// Reads an address in the form that `inet_pton()` accepts, without a zone or brackets; `nil` for any
  /// other text.
  package init?(_ text: String) {
    if let bits = Self.inet(text) {
      self = .inet(bits)
    } else if let bits = CLibrary.inet6(text) {
      self = .inet6(bits)
    } else {
      return nil
    }
  }

  /// Reads an IPv4 address in its usual form, that of `inet_pton()` and `inet_ntop()`: four decimal numbers
  /// without leading zeros.
  static func inet(_ text: String) -> UInt32? {
    var (bits, dots, digits, value): (UInt32, Int, Int, UInt32) = (0, 0, 0, 0)
    for byte in text.utf8 {
      if byte == UInt8(ascii: ".") {
        guard digits > 0 else { return nil }
        bits = bits << 8 | value
        dots += 1
        (digits, value) = (0, 0)
      } else {
        // A zero has no digits after it.
        guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte, digits == 0 || value > 0 else {
          return nil
        }
        value = 10 * value + UInt32(byte - UInt8(ascii: "0"))
        digits += 1
        guard value <= 255 else { return nil }
      }
    }
    return dots == 3 && digits > 0 ? bits << 8 | value : nil
  }

  /// The IPv4 address if this is an IPv4-mapped IPv6 address such as `::ffff:192.0.2.7`; otherwise the address
  /// itself.
  var unmapped: AddressBits {
    guard case .inet6(let bits) = self, bits >> 32 == 0xFFFF else { return self }
    return .inet(UInt32(truncatingIfNeeded: bits))
  }

  /// Removes the tag that Sendmail, like RFC 5321, writes before an IPv6 address.
  package static func withoutTag(_ text: Substring) -> Substring {
    let tag = "ipv6:"
    return text.lowercased().hasPrefix(tag) ? text.dropFirst(tag.count) : text
  }

  /// The address of an MTA's client as a number; `nil` for a client on a Unix-domain socket.
  package init?(_ address: MilterAddress) {
    switch address {
    case .inet(let text, _), .inet6(let text, _): self.init(text)
    case .unix: return nil
    }
  }

  /// The address in its usual form.
  package var text: String {
    switch self {
    case .inet(let bits): CLibrary.text(inet: bits)
    case .inet6(let bits): CLibrary.text(inet6: bits)
    }
  }
}

extension FixedWidthInteger where Self: UnsignedInteger {
  /// Returns the bits that differ between the addresses of a network with a prefix of this length.
  static func hostBits(prefix length: Int) -> Self {
    // Unlike `&>>`, a shift by the whole width leaves 0.
    max >> length
  }
}
