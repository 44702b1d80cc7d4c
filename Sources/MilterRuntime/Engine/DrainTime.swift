import Dispatch
import MilterSystem

/// The time that a stopping server waits for messages in progress.
final class DrainTime: Sendable {
  private struct State {
    var deadline = DispatchTime.distantFuture
    var isOver = false
    /// One semaphore for each waiting thread.
    var bells: [DispatchSemaphore] = []
  }
  private let state = SystemMutex(State())

  /// Waits until the time is over, or there is nothing left to wait for.
  ///
  /// - Parameter time: The maximum time from now on. If several threads wait, the shortest time applies to all.
  func wait(atMost time: Duration) {
    limit(to: time)
    let bell = DispatchSemaphore(value: 0)
    state.withLock { $0.bells.append(bell) }
    while true {
      let (isOver, deadline) = state.withLock { ($0.isOver, $0.deadline) }
      if isOver || deadline <= .now() { return }
      _ = bell.wait(timeout: deadline)
    }
  }

  /// Limits the remaining time of all waiting threads.
  func limit(to time: Duration) {
    change { $0.deadline = min($0.deadline, .now() + time.dispatch) }
  }

  /// Ends the wait, because there is nothing left to wait for.
  func end() { change { $0.isOver = true } }

  private func change(_ body: (inout State) -> Void) {
    state.withLock { state in
      body(&state)
      for bell in state.bells { bell.signal() }
    }
  }
}
