import MilterCore
package import MilterSystem

extension MilterServer {
  /// Writes to the log what each connection is doing, the oldest first; what SIGUSR1 does in
  /// ``run()``.
  ///
  /// A line of the level notice tells how many connections there are, and how many of them have
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
