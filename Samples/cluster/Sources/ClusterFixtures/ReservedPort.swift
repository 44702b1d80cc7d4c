import Glibc

/// A TCP port of 127.0.0.1 that the system gives to no other program.
///
/// The port is bound, but no process listens on it. A server with `SO_REUSEADDR` can listen on it.
public final class ReservedPort: Sendable {
  /// The port.
  public let number: UInt16
  private let descriptor: Int32

  /// Reserves a free port.
  public init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var isReused: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isReused, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutableBytes(of: &address) { [descriptor] bytes in
      guard let name = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else {
        return false
      }
      return bind(descriptor, name, size) == 0 && getsockname(descriptor, name, &size) == 0
    }
    number = UInt16(bigEndian: address.sin_port)
    guard isBound else { throw FixtureError("no port: \(String(cString: strerror(errno)))") }
  }

  deinit { close(descriptor) }
}
