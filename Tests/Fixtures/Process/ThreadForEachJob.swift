import Foundation

/// Runs each piece of a task on a thread of its own: the tests' common threads are few, and what begins
/// on them waits behind all tests that have not begun.
package final class ThreadForEachJob: TaskExecutor {
  package static let executor: any TaskExecutor = ThreadForEachJob()

  private init() {}

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    Thread.detachNewThread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
