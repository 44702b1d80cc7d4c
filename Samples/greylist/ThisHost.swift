import MilterKit

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The host that the filter runs on.
enum ThisHost {
  /// Whether an address is one of the host's own: 127.0.0.1, ::1, or one of its interfaces'.
  ///
  /// The kernel reaches an address of its own from this very address. Asking for that route sends
  /// nothing, and needs no permission.
  static func has(_ address: MilterAddress) -> Bool {
    let text: Substring
    switch address {
    case .inet(let address, _): text = address[...]
    case .inet6(let address, _):
      // An IPv4 address that an IPv6 socket saw.
      let isMapped = address.lowercased().hasPrefix("::ffff:") && address.contains(".")
      text = isMapped ? address.dropFirst("::ffff:".count) : address[...]
    default: return false
    }
    return text.contains(":") ? hasIPv6(String(text)) : hasIPv4(String(text))
  }

  private static func hasIPv4(_ text: String) -> Bool {
    var peer = sockaddr_in()
    peer.sin_family = sa_family_t(AF_INET)
    peer.sin_port = UInt16(9).bigEndian
    guard inet_pton(AF_INET, text, &peer.sin_addr) == 1 else { return false }
    if UInt32(bigEndian: peer.sin_addr.s_addr) == 0x7F00_0001 { return true }
    return source(towards: peer, AF_INET).map { $0.sin_addr.s_addr } == peer.sin_addr.s_addr
  }

  private static func hasIPv6(_ text: String) -> Bool {
    var peer = sockaddr_in6()
    peer.sin6_family = sa_family_t(AF_INET6)
    peer.sin6_port = UInt16(9).bigEndian
    guard inet_pton(AF_INET6, text, &peer.sin6_addr) == 1 else { return false }
    let wanted = withUnsafeBytes(of: peer.sin6_addr) { Array($0) }
    if wanted == [UInt8](repeating: 0, count: 15) + [1] { return true }
    let own = source(towards: peer, AF_INET6).map {
      withUnsafeBytes(of: $0.sin6_addr) { Array($0) }
    }
    return own == wanted
  }

  /// The address that the kernel would use towards another one; nil if it has no way there.
  private static func source<Address>(towards peer: Address, _ family: Int32) -> Address? {
    let file = socket(family, datagram, 0)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var address = peer
    var size = socklen_t(MemoryLayout<Address>.size)
    let isFound = withUnsafeMutableBytes(of: &address) { bytes in
      let name = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
      guard let name else { return false }
      return connect(file, name, size) == 0 && getsockname(file, name, &size) == 0
    }
    return isFound ? address : nil
  }

  #if canImport(Darwin)
    private static let datagram = SOCK_DGRAM
  #else
    private static let datagram = Int32(SOCK_DGRAM.rawValue)
  #endif
}
