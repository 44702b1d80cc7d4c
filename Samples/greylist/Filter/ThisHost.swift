import Foundation
import MilterKit

/// The host that the filter runs on.
enum ThisHost {
  /// Whether an address belongs to this host: 127.0.0.1, ::1, or an address of a network interface.
  ///
  /// The filter asks for the interfaces each time, because their addresses change. Where the system does
  /// not report them, only 127.0.0.1 and ::1 belong to the host.
  static func has(_ address: MilterAddress) -> Bool {
    guard let wanted = address.bytes else { return false }
    return wanted == [127, 0, 0, 1] || wanted == [UInt8](repeating: 0, count: 15) + [1]
      || addresses().contains(wanted)
  }

  /// The addresses of all network interfaces, in network byte order as in `MilterAddress.bytes`.
  static func addresses() -> [[UInt8]] {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return [] }
    defer { freeifaddrs(list) }
    var addresses: [[UInt8]] = []
    var next = list
    while let entry = next?.pointee {
      if let address = entry.ifa_addr.flatMap(internetAddress) { addresses.append(address) }
      next = entry.ifa_next
    }
    return addresses
  }

  /// The bytes of an address of the system; `nil` if it is not an internet address.
  private static func internetAddress(_ name: UnsafeMutablePointer<sockaddr>) -> [UInt8]? {
    switch Int32(name.pointee.sa_family) {
    case AF_INET:
      name.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        withUnsafeBytes(of: $0.pointee.sin_addr, Array.init)
      }
    case AF_INET6:
      name.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
        withUnsafeBytes(of: $0.pointee.sin6_addr, Array.init)
      }
    default: nil
    }
  }
}
