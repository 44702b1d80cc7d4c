import Dispatch
import Synchronization

/// Where callbacks wait until the load has looked at the process.
package final class Gate: Sendable {
  /// The one of this process.
  package static let shared = Gate()

  private let threads = DispatchGroup()
  /// Callbacks that are suspended; `nil` once the gate is open.
  private let tasks = Mutex<[CheckedContinuation<Void, Never>]?>([])

  private init() { threads.enter() }

  /// Lets all go on who wait.
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
