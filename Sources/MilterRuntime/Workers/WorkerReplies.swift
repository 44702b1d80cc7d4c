import Dispatch
import MilterSystem

/// The workers that have not answered a question yet, for a thread that waits for them.
final class WorkerReplies: Sendable {
  private let missing: SystemMutex<Set<Int>>
  private let isComplete = DispatchSemaphore(value: 0)

  /// - Parameter workers: The workers that were asked.
  init(from workers: Set<Int>) { missing = SystemMutex(workers) }

  /// Notes that a worker has answered, or has ended without an answer.
  func note(_ worker: Int) {
    let isLast = missing.withLock { $0.remove(worker) != nil && $0.isEmpty }
    if isLast { isComplete.signal() }
  }

  /// Waits for all answers.
  ///
  /// - Parameter patience: The maximum time.
  func wait(_ patience: Duration) {
    guard missing.withLock({ !$0.isEmpty }) else { return }
    _ = isComplete.wait(timeout: .now() + patience.dispatch)
  }
}
