import MilterSystem

/// Wakes the connections that have no thread, when there is something for them to do.
///
/// One thread waits for all of them, over the system's own list.
final class IdleConnections: Sendable {
  private let readiness: Readiness
  private let thread: EventThread

  /// Makes an empty list.
  ///
  /// - Throws: if the system has no descriptor to give.
  init() throws(SocketError) {
    readiness = try Readiness()
    thread = try EventThread(waitingFor: readiness)
  }

  /// Starts the thread.
  ///
  /// - Parameter wake: is called with the number of a connection, one after the other; it may have
  ///   been woken otherwise, or have ended, a moment ago.
  /// - Throws: if the system has no thread to give.
  func start(wake: @escaping @Sendable (Int) -> Void) throws(SocketError) {
    try thread.start(ready: wake)
  }

  deinit { thread.end() }

  /// Has a connection woken when its socket is ready: once, or at each of its news.
  func wait(for event: Readiness.Event, of socket: Socket, number: Int) throws(SocketError) {
    try readiness.wait(for: event, of: socket.descriptor, token: number)
  }

  /// Has a connection woken no longer.
  func ignore(_ socket: Socket) { readiness.ignore(socket.descriptor) }

  /// Returns if connections can be woken.
  func probe() { thread.finishJobs() }
}
