/// The addresses of one entry in a list of networks.
enum Network: Equatable {
  case inet(ClosedRange<UInt32>)
  case inet6(ClosedRange<UInt128>)

  /// `127.0.0.0/8` and `::1`.
  static let localhost = [inet(0x7F00_0000...0x7FFF_FFFF), inet6(1...1)]

  /// RFC 1918's `10.0.0.0/8`, `172.16.0.0/12`, `192.168.0.0/16`, and RFC 4193's `fc00::/7`.
  static let `private` = [
    inet(0x0A00_0000...0x0AFF_FFFF), inet(0xAC10_0000...0xAC1F_FFFF),
    inet(0xC0A8_0000...0xC0A8_FFFF), inet6(0xFC << 120...(0xFE << 120) - 1),
  ]

  /// Reads an entry; a name can mean several networks.
  static func read(_ entry: Substring) throws(InvalidNetwork.Reason) -> [Network] {
    switch entry.lowercased() {
    case "localhost": localhost
    case "private": `private`
    default: [try Network(entry)]
    }
  }

  private init(_ entry: Substring) throws(InvalidNetwork.Reason) {
    let parts = entry.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let literal = Self.bare(parts[0])
    guard let address = AddressBits(literal)?.unmapped else { throw .notAnAddress }
    // The prefix length of an IPv4-mapped network includes the 96 bits before the IPv4 address.
    let isMapped = literal.contains(":")
    switch address {
    case .inet(let bits):
      let length = try Self.length(parts, in: isMapped ? 96...128 : 0...32) - (isMapped ? 96 : 0)
      self = .inet(try Self.range(bits, length) { .inet($0) })
    case .inet6(let bits):
      let length = try Self.length(parts, in: 0...128)
      self = .inet6(try Self.range(bits, length) { .inet6($0) })
    }
  }

  /// Returns an address without Postfix's brackets or Sendmail's prefix.
  private static func bare(_ text: Substring) -> String {
    if text.hasPrefix("["), text.hasSuffix("]") { return String(text.dropFirst().dropLast()) }
    return String(AddressBits.withoutTag(text))
  }

  private static func length(
    _ parts: [Substring], in allowed: ClosedRange<Int>
  ) throws(InvalidNetwork.Reason) -> Int {
    guard parts.count > 1 else { return allowed.upperBound }
    guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(parts[1]),
      allowed.contains(length)
    else { throw .prefixLength(allowed) }
    return length
  }

  private static func range<Bits: FixedWidthInteger & UnsignedInteger>(
    _ bits: Bits, _ length: Int, _ address: (Bits) -> AddressBits
  ) throws(InvalidNetwork.Reason) -> ClosedRange<Bits> {
    let host = Bits.hostBits(prefix: length)
    guard bits & host == 0 else { throw .hostBits("\(address(bits & ~host).text)/\(length)") }
    return bits...(bits | host)
  }
}
