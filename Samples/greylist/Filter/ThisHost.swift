import Foundation
import MilterKit

/// The host that the filter runs on.
enum ThisHost {
  /// Whether an address belongs to this host: 127.0.0.1, ::1, or an address of a network interface.
  ///
  /// The filter asks for the interfaces each time, because their addresses change. Where the system does
  /// not report them, only 127.0.0.1 and ::1 belong to the host.
  static func has(_ address: MilterAddress) -> Bool {
    guard let wanted = canonical(address) else { return false }
    return wanted == canonical(.inet(address: "127.0.0.1", port: 0))
      || wanted == canonical(.inet6(address: "::1", port: 0))
      || addresses().contains { canonical($0) == wanted }
  }

  /// The addresses of all network interfaces.
  static func addresses() -> [MilterAddress] {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return [] }
    defer { freeifaddrs(list) }
    var addresses: [MilterAddress] = []
    var next = list
    while let entry = next?.pointee {
      if let address = entry.ifa_addr.flatMap(internetAddress) { addresses.append(address) }
      next = entry.ifa_next
    }
    return addresses
  }

  /// Reads an address of the system; `nil` if it is not an internet address.
  private static func internetAddress(_ name: UnsafeMutablePointer<sockaddr>) -> MilterAddress? {
    switch Int32(name.pointee.sa_family) {
    case AF_INET:
      name.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        text(AF_INET, &$0.pointee.sin_addr).map { .inet(address: $0, port: 0) }
      }
    case AF_INET6:
      name.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
        text(AF_INET6, &$0.pointee.sin6_addr).map { .inet6(address: $0, port: 0) }
      }
    default: nil
    }
  }

  /// The same text for all spellings of an address.
  private static func canonical(_ address: MilterAddress) -> String? {
    address.network(prefixLength: 32, ipv6PrefixLength: 128)
  }

  private static func text(_ family: Int32, _ address: UnsafeRawPointer) -> String? {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard inet_ntop(family, address, &text, socklen_t(text.count)) != nil else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
