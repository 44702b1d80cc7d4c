import MilterCore

/// Numeric addresses.
enum AddressLiteral {
  /// Returns the canonical spelling of an address; `nil` if the text is not an address of the family.
  ///
  /// An IPv6 address may have a zone (`fe80::1%eth0`), which is not changed.
  static func canonical(_ text: Substring, _ family: SocketSpec.Family) -> String? {
    switch family {
    case .inet:
      guard let bits = AddressBits(String(text)), case .inet = bits else { return nil }
      return bits.text
    case .inet6:
      let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
      guard let literal = parts.first else { return nil }
      var zone = ""
      if parts.count == 2 {
        guard !parts[1].isEmpty, parts[1].utf8.allSatisfy(isZoneByte) else { return nil }
        zone = "%\(parts[1])"
      }
      guard let bits = AddressBits(String(literal)), case .inet6 = bits else { return nil }
      return bits.text + zone
    }
  }

  private static func isZoneByte(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7F && !"[]@%/".utf8.contains(byte)
  }
}
