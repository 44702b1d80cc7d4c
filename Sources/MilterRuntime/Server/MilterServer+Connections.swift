import MilterCore
package import MilterSystem

extension MilterServer {
  /// Returns the sockets that the process has inherited from a service manager, as specifications.
  ///
  /// systemd passes them to the process for a `.socket` unit. You can replace a program with such sockets
  /// without refusing connections: new ones wait in the socket's backlog. The corresponding function of
  /// systemd's library is `sd_listen_fds_with_names`.
  /// - Parameter name: Returns only sockets with this `FileDescriptorName=`; `nil` for all.
  /// - Returns: `fd:3` and so on; empty if there are none for this process.
  public static func inheritedSockets(named name: String? = nil) -> [String] {
    InheritedSockets.descriptors(named: name).map { "fd:\($0)" }
  }

  /// Logs the state of each connection, the oldest first, as SIGUSR1 does in ``run()``.
  ///
  /// A line of the level notice has the number of connections, and how many of them have threads. A line for
  /// each connection follows, for at most a hundred: its number, its client and queue ID if they are known, its
  /// state and the time in it, and the number of bytes that the MTA has sent and the filter has not read. Only
  /// these lines above the level debug name clients.
  ///
  /// May be called at any time, also while the server does not run, without effect.
  public func logConnections() { engine?.logConnections() }

  /// Connects to the filter from this process, while the server runs.
  package func connect() throws -> Socket {
    guard let engine else { throw MilterError(.wrongTime, "the server does not run") }
    let (ours, filters) = try Socket.socketPair()
    engine.accepted(filters)
    return ours
  }
}
