import MilterSystem

/// Regularly reports to the service manager that the server is alive.
///
/// Before each message, its thread uses all parts of the server that accept, wake, and serve connections. If
/// one of them is stuck, it sends no message, and the manager restarts the service.
struct Watchdog {
  private let thread: EventThread

  /// Starts the watchdog; `nil` if the service manager wants no messages.
  ///
  /// - Parameters:
  ///   - patience: The interval in which the manager expects a message.
  ///   - engine: The server.
  ///   - beat: Sends the message to the manager.
  /// - Throws: An error if the system has no thread left.
  init?(
    _ patience: Duration?, _ engine: Engine, beat: @escaping @Sendable () -> Void
  ) throws(ThreadError) {
    guard let patience else { return nil }
    thread = EventThread()
    try thread.start(task: {
      engine.probe()
      beat()
    })
    // Twice in the interval, as sd_watchdog_enabled(3) advises.
    thread.schedule(after: .zero, every: patience / 2)
  }

  func cancel() { thread.end() }
}
