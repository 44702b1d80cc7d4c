extension MilterAddress {
  /// The IP address in network byte order, as block lists and databases of addresses use it.
  ///
  /// There are 4 bytes for IPv4 and 16 for IPv6. An IPv4-mapped address such as `::ffff:192.0.2.7` has the 4
  /// bytes of its IPv4 address. The value is `nil` for a Unix-domain client, and for text that is not an
  /// address.
  public var bytes: [UInt8]? {
    switch AddressBits(self)?.unmapped {
    case .inet(let bits): Self.bytes(of: bits)
    case .inet6(let bits): Self.bytes(of: bits)
    case nil: nil
    }
  }

  private static func bytes<Bits: FixedWidthInteger>(of bits: Bits) -> [UInt8] {
    stride(from: Bits.bitWidth - 8, through: 0, by: -8).map {
      UInt8(truncatingIfNeeded: bits >> $0)
    }
  }
}
