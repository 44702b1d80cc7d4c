import Dispatch
import Synchronization

/// A thread that was made in advance, for one task that must not wait until the system has a thread to
/// give.
final class SpareThread: Sendable {
  /// Belongs to the thread as well, which ends with the owner.
  private final class Desk: Sendable {
    let bell = DispatchSemaphore(value: 0)
    let task = Mutex<(@Sendable () -> Void)?>(nil)
  }
  private let desk = Desk()
  private let isTaken = Atomic<Bool>(false)

  /// Makes the thread.
  ///
  /// - Throws: if the system has no thread to give.
  init() throws {
    try WorkerThread.start(runsCallbacks: false) { [desk] in
      SignalMask.all.apply()
      desk.bell.wait()
      let task = desk.task.withLock { task in
        defer { task = nil }
        return task
      }
      task?()
    }
  }

  deinit { desk.bell.signal() }

  /// Runs a task in the thread.
  ///
  /// - Returns: whether it does; it runs one task only.
  func run(_ task: @escaping @Sendable () -> Void) -> Bool {
    guard !isTaken.exchange(true, ordering: .relaxed) else { return false }
    desk.task.withLock { $0 = task }
    desk.bell.signal()
    return true
  }
}
