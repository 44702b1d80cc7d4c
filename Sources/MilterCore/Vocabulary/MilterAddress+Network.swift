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
    switch AddressBits(self) {
    case nil: return nil
    case .inet(let bits):
      let length = min(max(inet, 0), UInt32.bitWidth)
      return "\(AddressBits.inet(bits & ~UInt32.hostBits(prefix: length)).text)/\(length)"
    case .inet6(let bits):
      let length = min(max(inet6, 0), UInt128.bitWidth)
      return "\(AddressBits.inet6(bits & ~UInt128.hostBits(prefix: length)).text)/\(length)"
    }
  }
}
