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
    held = try Socket.holding(wanted)
    number = try held.localAddress.port ?? 0
  }
}
