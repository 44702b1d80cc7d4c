import MilterSockets

/// Wakes the connections that have no thread, when there is something for them to do.
///
/// One thread waits for all of them, over the system's own list: a Dispatch source for each would cost
/// 600 bytes, and two more changes of threads each time. The same thread looks after the time limits.
final class IdleConnections: Sendable {
  private let thread: EventThread

  /// Makes an empty list.
  ///
  /// - Throws: if the system has no descriptor to give.
  init() throws(SocketError) { thread = try EventThread() }

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - interval: the time from one call of `tick` to the next.
  ///   - tick: is called again and again.
  ///   - wake: is called with the number of a connection; it may have been woken otherwise, or have
  ///     ended, a moment ago.
  /// - Throws: if the system has no thread to give.
  func start(
    every interval: Duration, tick: @escaping @Sendable () -> Void,
    wake: @escaping @Sendable (Int) -> Void
  ) throws(SocketError) {
    try thread.start(every: interval, tick: tick, handle: wake)
  }

  deinit { thread.end() }

  /// Has a connection woken once, when its socket is ready.
  func wait(for event: Readiness.Event, of socket: Socket, number: Int) throws(SocketError) {
    try thread.wait(for: event, of: socket.descriptor, token: number)
  }

  /// Returns if connections can be woken.
  func probe() { thread.probe() }
}
