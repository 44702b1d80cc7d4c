import MilterSystem

/// Regularly reports to the service manager that the server is alive.
///
/// Before each beat its thread goes through what all connections need, to be accepted, woken and served:
/// if any of that is stuck, there is no beat, and the manager starts the service again.
struct Watchdog {
  private let thread: EventThread

  /// Starts the watchdog; `nil` if the service manager wants no messages.
  ///
  /// - Parameters:
  ///   - patience: the interval in which the manager expects a message.
  ///   - engine: the server.
  ///   - beat: sends the message to the manager.
  /// - Throws: an error if the system has no thread left.
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
