import MilterPlatform
import MilterSystem

/// A TCP port on loopback that is a server's own for as long as this object lives.
///
/// The port is bound, and nobody listens on it: connections to it are refused. No other program is given the port
/// meanwhile, neither to listen on nor as the origin of a connection. A server that sets `SO_REUSEADDR`, as
/// servers do, can listen on it nevertheless, and again after a restart.
package final class ReservedPort: Sendable {
  /// The port.
  package let number: UInt16
  private let held: Socket

  /// Reserves a free port.
  ///
  /// - Parameter host: The address, of IPv4 or IPv6.
  /// - Throws: An error if this machine does not have the address, or the address has no port left.
  package init(on host: String = "127.0.0.1") throws {
    guard let wanted = SocketAddress(host, port: 0) else {
      throw HarnessError("\(host) is no address")
    }
    #if canImport(Darwin)
      let type = SOCK_STREAM
    #else
      // Not inherited by what another thread starts at this moment.
      let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    #endif
    let family = wanted.withSockAddr { address, _ in Int32(address.pointee.sa_family) }
    let descriptor = socket(family, type, 0)
    guard descriptor >= 0 else { throw HarnessError.system("socket") }
    held = Socket(owning: descriptor)
    var isReused: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    guard setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isReused, size) == 0,
      wanted.withSockAddr({ bind(descriptor, $0, $1) }) == 0
    else { throw HarnessError.system("a port on \(host)") }
    number = try held.localAddress.port ?? 0
  }
}
