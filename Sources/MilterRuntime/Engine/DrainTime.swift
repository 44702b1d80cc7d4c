import Dispatch
import MilterSystem

/// How long a server that stops waits for messages under way.
final class DrainTime: Sendable {
  private struct State {
    var deadline = DispatchTime.distantFuture
    var isOver = false
    /// One for each thread that waits.
    var bells: [DispatchSemaphore] = []
  }
  private let state = SystemMutex(State())

  /// Waits until the time is over, or nothing is left to wait for.
  ///
  /// - Parameter time: the longest time from now on; the shortest that anybody asks for counts.
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

  /// Has nobody wait for longer than this from now on.
  func limit(to time: Duration) {
    change { $0.deadline = min($0.deadline, .now() + time.dispatch) }
  }

  /// Nothing is left to wait for.
  func end() { change { $0.isOver = true } }

  private func change(_ body: (inout State) -> Void) {
    state.withLock { state in
      body(&state)
      for bell in state.bells { bell.signal() }
    }
  }
}
