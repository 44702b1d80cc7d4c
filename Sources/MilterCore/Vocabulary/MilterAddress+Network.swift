extension MilterAddress {
  /// The network that the client is in, such as `192.0.2.0/24` or `2001:db8::/64`.
  ///
  /// Mail servers of one site share it, and one IPv6 client may have all addresses of it, so it is
  /// what to count clients by. An IPv4 client that is shown as `::ffff:192.0.2.7` is one of IPv4.
  /// - Parameters:
  ///   - prefixLength: The number of bits that name the network in an IPv4 address, 0 to 32.
  ///   - ipv6PrefixLength: The number of bits that name the network in an IPv6 address, 0 to 128.
  /// - Returns: `nil` for a Unix-domain client and for text that is not an address.
  public func network(prefixLength: Int = 24, ipv6PrefixLength: Int = 64) -> String? {
    switch AddressBits(self)?.unmapped {
    case nil: return nil
    case .inet(let bits):
      let length = min(max(prefixLength, 0), UInt32.bitWidth)
      return "\(AddressBits.inet(bits & ~UInt32.hostBits(prefix: length)).text)/\(length)"
    case .inet6(let bits):
      let length = min(max(ipv6PrefixLength, 0), UInt128.bitWidth)
      return "\(AddressBits.inet6(bits & ~UInt128.hostBits(prefix: length)).text)/\(length)"
    }
  }
}
