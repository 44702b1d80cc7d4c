#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The functions of the C library that this module uses, none of which does I/O.
enum CLibrary {
  /// Finds the first NUL at or after an offset within the bytes.
  @inline(__always)
  static func firstNUL(in bytes: Span<UInt8>, from offset: Int) -> Int? {
    unsafe bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress,
        let end = unsafe memchr(start + offset, 0, bytes.count - offset)
      else { return nil }
      return unsafe UnsafeRawPointer(end) - start
    }
  }

  // MARK: Addresses as numbers in the machine's byte order

  /// Reads an IPv4 address with `inet_aton()`: also short and hexadecimal forms.
  static func looseInet(_ text: String) -> UInt32? {
    var address = in_addr()
    return unsafe inet_aton(text, &address) != 0 ? UInt32(bigEndian: address.s_addr) : nil
  }

  /// Reads an IPv6 address with `inet_pton()`.
  static func inet6(_ text: String) -> UInt128? {
    var bytes: UInt128 = 0
    return unsafe inet_pton(AF_INET6, text, &bytes) == 1 ? UInt128(bigEndian: bytes) : nil
  }

  /// Writes an IPv4 address with `inet_ntop()`.
  static func text(inet bits: UInt32) -> String {
    var bytes = bits.bigEndian
    return unsafe text(AF_INET, &bytes)
  }

  /// Writes an IPv6 address with `inet_ntop()`.
  static func text(inet6 bits: UInt128) -> String {
    var bytes = bits.bigEndian
    return unsafe text(AF_INET6, &bytes)
  }

  private static func text(_ family: Int32, _ address: UnsafeRawPointer) -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) {
      buffer in
      guard let start = buffer.baseAddress,
        let text = unsafe inet_ntop(family, address, start, socklen_t(buffer.count))
      else { preconditionFailure("the longest address fits") }
      return unsafe String(cString: text)
    }
  }
}
