import MilterSystem

/// A TCP port on loopback that is reserved for one server while this object exists.
///
/// The port is bound, and no process listens on it: connections are refused. The system gives the port to no
/// other program, neither for listening nor as the origin of a connection. A server with `SO_REUSEADDR`, as
/// usual, can listen on it, and again after a restart.
package final class ReservedPort: Sendable {
  /// The port number.
  package let number: UInt16
  private let held: Socket

  /// Reserves a free port.
  ///
  /// - Parameter host: The address, IPv4 or IPv6.
  /// - Throws: An error if this machine lacks the address, or the address has no free port.
  package init(on host: String = "127.0.0.1") throws {
    guard let wanted = SocketAddress(host, port: 0) else {
      throw HarnessError("\(host) is no address")
    }
    held = try Socket.holding(wanted)
    number = try held.localAddress.port ?? 0
  }
}
