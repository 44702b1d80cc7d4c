extension MilterAddress {
  /// Reads an IPv4 address as libmilter does, with `inet_aton()`: also short and hexadecimal forms.
  static func inet(text: String, port: UInt16) -> Self? {
    CLibrary.looseInet(text).map { .inet(address: CLibrary.text(inet: $0), port: port) }
  }

  /// Reads an IPv6 address as libmilter does, with `inet_pton()` after an optional `IPv6:`.
  static func inet6(text: String, port: UInt16) -> Self? {
    CLibrary.inet6(String(AddressBits.withoutTag(text[...])))
      .map { .inet6(address: CLibrary.text(inet6: $0), port: port) }
  }
}
