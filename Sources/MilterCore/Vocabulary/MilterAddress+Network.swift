extension MilterAddress {
  /// Returns the client's network, such as `192.0.2.0/24` or `2001:db8::/64`.
  ///
  /// Use it to count clients: mail servers of one site share a network, and an IPv6 client may have all
  /// addresses of its network. An IPv4-mapped address such as `::ffff:192.0.2.7` counts as IPv4.
  /// - Parameters:
  ///   - prefixLength: The number of network bits in an IPv4 address, 0 to 32.
  ///   - ipv6PrefixLength: The number of network bits in an IPv6 address, 0 to 128.
  /// - Returns: The network; `nil` for a Unix-domain client and for text that is not an address.
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
