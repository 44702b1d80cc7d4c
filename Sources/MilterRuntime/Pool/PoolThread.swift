import Dispatch
import MilterSystem

/// A thread of the pool: its next work, and a semaphore.
final class PoolThread: Sendable {
  private let bell = DispatchSemaphore(value: 0)
  private let work: SystemMutex<(any PoolWork)?>

  init(_ work: (any PoolWork)?) { self.work = SystemMutex(work) }

  func wake(for next: (any PoolWork)?) {
    work.withLock { $0 = next }
    bell.signal()
  }

  func take() -> (any PoolWork)? {
    work.withLock { work in
      defer { work = nil }
      return work
    }
  }

  func wait() { bell.wait() }

  /// - Returns: Whether the semaphore was signaled in time.
  func wait(_ interval: DispatchTimeInterval) -> Bool {
    bell.wait(timeout: .now() + interval) == .success
  }
}
