import MilterSystem

/// Regularly reports to the service manager that the server is alive.
///
/// Before each beat its thread goes through what all connections need, to be accepted, woken and served:
/// if any of that is stuck, there is no beat, and the manager starts the service again.
struct Watchdog {
  private let thread: EventThread

  /// Starts it; nil if nobody wants to hear anything.
  ///
  /// - Parameters:
  ///   - patience: how often the manager wants to hear of the server.
  ///   - engine: the server.
  ///   - beat: sends the message to the manager.
  /// - Throws: if the system has no thread to give.
  init?(
    _ patience: Duration?, _ engine: Engine, beat: @escaping @Sendable () -> Void
  ) throws(SocketError) {
    guard let patience else { return nil }
    thread = EventThread()
    try thread.start(task: {
      engine.probe()
      beat()
    })
    // Twice in the time, as sd_watchdog_enabled(3) advises.
    thread.schedule(after: .zero, every: patience / 2)
  }

  func cancel() { thread.end() }
}
