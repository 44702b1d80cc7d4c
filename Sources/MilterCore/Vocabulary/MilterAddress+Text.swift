#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension MilterAddress {
  /// Reads an IPv4 address as libmilter does, with `inet_aton()`: short and hexadecimal forms, too.
  static func inet(text: String, port: UInt16) -> Self? {
    var address = in_addr()
    guard unsafe inet_aton(text, &address) != 0 else { return nil }
    return unsafe canonical(AF_INET, &address).map { .inet(address: $0, port: port) }
  }

  /// Reads an IPv6 address as libmilter does, with `inet_pton()` behind an optional `IPv6:`.
  static func inet6(text: String, port: UInt16) -> Self? {
    let bare = String(AddressBits.withoutTag(text[...]))
    var address = in6_addr()
    guard unsafe inet_pton(AF_INET6, bare, &address) == 1 else { return nil }
    return unsafe canonical(AF_INET6, &address).map { .inet6(address: $0, port: port) }
  }

  static func canonical(_ family: Int32, _ address: UnsafeRawPointer) -> String? {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
      guard let start = buffer.baseAddress,
        let text = unsafe inet_ntop(family, address, start, socklen_t(buffer.count))
      else { return nil }
      return unsafe String(cString: text)
    }
  }
}
