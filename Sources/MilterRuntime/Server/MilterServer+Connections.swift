import MilterCore
package import MilterSystem

extension MilterServer {
  /// The sockets that a service manager opened and handed to the process, as specifications.
  ///
  /// systemd does so for a `.socket` unit. A program with such sockets can be replaced while MTAs
  /// go on to connect: they wait in the socket's backlog. The corresponding function of systemd's
  /// library is `sd_listen_fds_with_names`.
  /// - Parameter name: only those that `FileDescriptorName=` calls so; nil for all.
  /// - Returns: `fd:3` and so on; empty if there are none for this process.
  public static func inheritedSockets(named name: String? = nil) -> [String] {
    InheritedSockets.descriptors(named: name).map { "fd:\($0)" }
  }

  /// Writes to the log what each connection is doing, the oldest first; what SIGUSR1 does in
  /// ``run()``.
  ///
  /// A line of the level notice reports the number of connections, and how many of them have
  /// threads. Then comes one for each connection, at most a hundred: its number, the client and the
  /// queue ID as far as they are known, what it does and for how long, and the bytes that the MTA has
  /// sent and the filter has not read. They name clients, as no other line above the level debug does.
  ///
  /// May be called from anywhere, also while the server does not run; then there is nothing to write.
  public func logConnections() { engine?.logConnections() }

  /// A connection to the filter from this process, while the server runs.
  package func connect() throws -> Socket {
    guard let engine else { throw MilterError(.wrongTime, "the server does not run") }
    let (ours, filters) = try Socket.socketPair()
    engine.accepted(filters)
    return ours
  }
}
