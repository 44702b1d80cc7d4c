import Glibc

/// Finds free ports, and checks whether a server listens.
enum Probe {
  /// Returns a port of 127.0.0.1 that is free at the moment.
  static func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = inet(0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard result else { throw BenchError("no free port on 127.0.0.1") }
    return UInt16(bigEndian: address.sin_port)
  }

  /// Whether a connection is accepted; it is closed at once.
  static func accepts(_ address: TargetAddress) -> Bool {
    switch address {
    case .tcp(let port):
      var inet = inet(port)
      return connects(AF_INET, &inet)
    case .unix(let path):
      var local = sockaddr_un()
      local.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &local.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
      return connects(AF_UNIX, &local)
    }
  }

  private static func inet(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private static func connects<Address>(_ family: Int32, _ address: inout Address) -> Bool {
    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size)) == 0
      }
    }
  }
}
