import Dispatch
import Synchronization

/// A gate at which callbacks wait until the load generator has measured the process.
package final class Gate: Sendable {
  /// The gate of this process.
  package static let shared = Gate()

  private let threads = DispatchGroup()
  /// Callbacks that are suspended; `nil` once the gate is open.
  private let tasks = Mutex<[CheckedContinuation<Void, Never>]?>([])

  private init() { threads.enter() }

  /// Lets all waiting callbacks continue.
  package func open() {
    let waiting = tasks.withLock { tasks in
      defer { tasks = nil }
      return tasks
    }
    guard let waiting else { return }
    threads.leave()
    for continuation in waiting { continuation.resume() }
  }

  /// Blocks the thread until the gate is open.
  func block() { threads.wait() }

  /// Suspends until the gate is open.
  nonisolated(nonsending) func suspend() async {
    await withCheckedContinuation { continuation in
      let isOpen = tasks.withLock { tasks in
        tasks?.append(continuation)
        return tasks == nil
      }
      if isOpen { continuation.resume() }
    }
  }
}
