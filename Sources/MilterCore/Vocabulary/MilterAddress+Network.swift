#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension MilterAddress {
  /// The network that the client is in, such as `192.0.2.0/24` or `2001:db8::/64`.
  ///
  /// Mail servers of one site share it, and one IPv6 client may have all addresses of it, so it is
  /// what to count clients by. An IPv4 client that is shown as `::ffff:192.0.2.7` is one of IPv4.
  /// - Parameters:
  ///   - inet: how many bits of an IPv4 address count, 0 to 32.
  ///   - inet6: how many bits of an IPv6 address count, 0 to 128.
  /// - Returns: nil for a unix-domain client, and for what is no address.
  public func network(inet: Int = 24, inet6: Int = 64) -> String? {
    switch self {
    case .unix: return nil
    case .inet(let text, _):
      var address = in_addr()
      guard unsafe inet_pton(AF_INET, text, &address) == 1 else { return nil }
      return unsafe withUnsafeMutableBytes(of: &address) { unsafe Self.network(AF_INET, $0, inet) }
    case .inet6(let text, _):
      var address = in6_addr()
      guard unsafe inet_pton(AF_INET6, text, &address) == 1 else { return nil }
      return unsafe withUnsafeMutableBytes(of: &address) { bytes in
        let isMapped =
          unsafe bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] & bytes[11] == 0xFF
        return unsafe isMapped
          ? Self.network(AF_INET, .init(rebasing: bytes[12...]), inet)
          : Self.network(AF_INET6, bytes, inet6)
      }
    }
  }

  private static func network(
    _ family: Int32, _ address: UnsafeMutableRawBufferPointer, _ bits: Int
  ) -> String? {
    let bits = min(max(bits, 0), address.count * 8)
    for index in address.indices {
      let kept = min(max(bits - index * 8, 0), 8)
      unsafe address[index] &= UInt8(truncatingIfNeeded: 0xFF00 >> kept)
    }
    return unsafe address.baseAddress.flatMap { unsafe canonical(family, $0) }.map {
      "\($0)/\(bits)"
    }
  }
}
