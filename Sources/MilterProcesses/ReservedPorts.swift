import MilterSystem

/// The ports of the servers that have their files in one directory.
package final class ReservedPorts: Sendable {
  private let ports = SystemMutex<[ReservedPort]>([])

  /// Holds no port yet.
  package init() {}

  /// Reserves a port until this object goes.
  ///
  /// - Parameter host: The address.
  /// - Returns: The number of the port.
  /// - Throws: An error if this machine does not have the address, or the address has no port left.
  package func reserve(on host: String = "127.0.0.1") throws -> UInt16 {
    let port = try ReservedPort(on: host)
    ports.withLock { $0.append(port) }
    return port.number
  }
}
