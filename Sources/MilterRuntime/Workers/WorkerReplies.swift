import Dispatch
import Synchronization

/// The answers of workers to one command, for a thread that waits for them.
final class WorkerReplies: Sendable {
  private let state: Mutex<(missing: Set<Int>, replies: [Int: String])>
  private let isComplete = DispatchSemaphore(value: 0)

  /// - Parameter workers: those that were asked.
  init(from workers: Set<Int>) { state = Mutex((workers, [:])) }

  /// A worker has answered, or has ended without.
  func note(_ worker: Int, _ reply: String?) {
    let isLast = state.withLock { state in
      guard state.missing.remove(worker) != nil else { return false }
      state.replies[worker] = reply
      return state.missing.isEmpty
    }
    if isLast { isComplete.signal() }
  }

  /// Waits for all answers.
  ///
  /// - Parameter patience: how long.
  /// - Returns: the answers that came, by the workers' turns.
  func wait(_ patience: Duration) -> [Int: String] {
    if state.withLock({ !$0.missing.isEmpty }) {
      _ = isComplete.wait(timeout: .now() + patience.dispatch)
    }
    return state.withLock { $0.replies }
  }
}
