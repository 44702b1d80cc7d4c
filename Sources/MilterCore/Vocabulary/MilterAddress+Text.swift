extension MilterAddress {
  /// Reads an IPv4 address as libmilter does, with `inet_aton()`: also short and hexadecimal forms.
  static func inet(text: String, port: UInt16) -> Self? {
    if isCanonical(inet: text) { return .inet(address: text, port: port) }
    return CLibrary.looseInet(text).map { .inet(address: CLibrary.text(inet: $0), port: port) }
  }

  /// Whether a text is an IPv4 address as `inet_ntop()` writes it, so that reading and writing it would not
  /// change it.
  static func isCanonical(inet text: String) -> Bool {
    var (dots, digits, value) = (0, 0, 0)
    for byte in text.utf8 {
      if byte == UInt8(ascii: ".") {
        guard digits > 0 else { return false }
        dots += 1
        (digits, value) = (0, 0)
      } else {
        // A zero has no digits after it.
        guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte, digits == 0 || value > 0 else {
          return false
        }
        value = 10 * value + Int(byte - UInt8(ascii: "0"))
        digits += 1
        guard value <= 255 else { return false }
      }
    }
    return dots == 3 && digits > 0
  }

  /// Reads an IPv6 address as libmilter does, with `inet_pton()` after an optional `IPv6:`.
  static func inet6(text: String, port: UInt16) -> Self? {
    guard let bits = AddressBits(String(AddressBits.withoutTag(text[...]))), case .inet6 = bits
    else {
      return nil
    }
    return .inet6(address: bits.text, port: port)
  }
}
