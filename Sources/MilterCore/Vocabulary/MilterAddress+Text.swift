extension MilterAddress {
  /// Reads an IPv4 address as libmilter does, with `inet_aton()`: also short and hexadecimal forms.
  static func inet(text: String, port: UInt16) -> Self? {
    // An address in its usual form need not be written again.
    if AddressBits.inet(text) != nil { return .inet(address: text, port: port) }
    return CLibrary.looseInet(text).map { .inet(address: CLibrary.text(inet: $0), port: port) }
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
