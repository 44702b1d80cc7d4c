import MilterSystem

/// Wakes connections without a thread when they have work.
///
/// One thread waits for all of them, with the system's event queue.
final class IdleConnections: Sendable {
  private let readiness: Readiness
  private let thread: EventThread

  /// Creates an empty list.
  ///
  /// - Throws: An error if the system has no descriptor left.
  init() throws(SocketError) {
    readiness = try Readiness()
    thread = try EventThread(waitingFor: readiness)
  }

  /// Starts the thread.
  ///
  /// - Parameter wake: Called with the number of a connection. The connection may already have been woken, or
  ///   may have ended.
  /// - Throws: An error if the system has no thread left.
  func start(wake: @escaping @Sendable (Int) -> Void) throws(ThreadError) {
    try thread.start(ready: wake)
  }

  deinit { thread.end() }

  /// Wakes a connection when its socket is ready: once, or for each event.
  func wait(for event: Readiness.Event, of socket: Socket, number: Int) throws(SocketError) {
    try readiness.wait(for: event, of: socket.descriptor, token: number)
  }

  /// Stops waking a connection.
  func ignore(_ socket: Socket) { readiness.ignore(socket.descriptor) }

  /// Returns if connections can be woken.
  func probe() { thread.finishJobs() }
}
