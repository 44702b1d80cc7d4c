import MilterPlatform

/// Addresses written as numbers.
enum AddressLiteral {
  /// The usual spelling of an address, or nil if the text is no address of the family.
  ///
  /// An IPv6 address may have a zone (`fe80::1%eth0`), which is kept as it is.
  static func canonical(_ text: Substring, _ family: SocketSpec.Family) -> String? {
    switch family {
    case .inet:
      var address = in_addr()
      guard inet_pton(AF_INET, String(text), &address) == 1 else { return nil }
      return spelling(AF_INET, &address)
    case .inet6:
      let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
      guard let literal = parts.first else { return nil }
      var zone = ""
      if parts.count == 2 {
        guard !parts[1].isEmpty, parts[1].utf8.allSatisfy(isZoneByte) else { return nil }
        zone = "%\(parts[1])"
      }
      var address = in6_addr()
      guard inet_pton(AF_INET6, String(literal), &address) == 1 else { return nil }
      return spelling(AF_INET6, &address).map { $0 + zone }
    }
  }

  /// The text of an address in memory.
  ///
  /// The corresponding C function is `inet_ntop`.
  static func spelling(_ family: Int32, _ address: UnsafeRawPointer) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
      inet_ntop(family, address, buffer.baseAddress, socklen_t(buffer.count))
        .map { String(cString: $0) }
    }
  }

  private static func isZoneByte(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7F && !"[]@%/".utf8.contains(byte)
  }
}
