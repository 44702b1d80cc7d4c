import Dispatch
import MilterSystem

/// Tells the service manager again and again that the server is alive.
///
/// Each beat comes from a queue that went through what all connections need, to be accepted, woken and
/// served: if any of that is stuck, there is none, and the manager starts the service again.
struct Watchdog {
  private let timer: any DispatchSourceTimer

  /// Starts it; nil if the manager does not want to hear anything.
  init?(_ manager: ServiceManager, _ engine: Engine, beat: @escaping @Sendable () -> Void) {
    guard let patience = manager.watchdog else { return nil }
    timer = DispatchSource.makeTimerSource(queue: engine.queue)
    // Twice in the time, as sd_watchdog_enabled(3) advises.
    let interval = patience / 2
    timer.schedule(deadline: .now(), repeating: interval.dispatch)
    timer.setEventHandler {
      engine.probe()
      beat()
    }
    timer.activate()
  }

  func cancel() { timer.cancel() }
}
