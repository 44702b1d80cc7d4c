import Dispatch
import MilterSystem

/// Runs the jobs of callbacks on a thread that waits for them to end.
package final class WaitingThread: CallbackThreads {
  private let jobs = SystemMutex<[(UnownedJob, CallbackExecutor)]>([])
  private let bell = DispatchSemaphore(value: 0)

  package func run(_ job: UnownedJob, on executor: CallbackExecutor) {
    jobs.withLock { $0.append((job, executor)) }
    bell.signal()
  }

  /// Wakes ``wait(for:)`` to check its value again.
  func ring() { bell.signal() }

  /// Runs jobs until there is a value.
  func wait<Value>(for value: () -> Value?) -> Value {
    while true {
      if let value = value() { return value }
      bell.wait()
      let next = jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      if let (job, executor) = next { job.runSynchronously(on: executor.asUnownedTaskExecutor()) }
    }
  }

  /// Runs async work on the calling thread to its end.
  package static func run<Value>(
    _ work: nonisolated(nonsending) @escaping () async -> Value
  ) -> Value {
    let thread = WaitingThread()
    let executor = CallbackExecutor(thread)
    // All of this runs on the calling thread, or while it waits.
    nonisolated(unsafe) let work = work
    nonisolated(unsafe) var value: Value?
    executor.begin()
    _ = executor.start {
      value = await work()
      thread.ring()
    }
    executor.leave {}
    return thread.wait { value }
  }
}
