import Foundation

/// Runs each job of a task on a thread of its own.
///
/// Swift's few shared threads would run the job only after all tests that wait for a thread.
package final class ThreadForEachJob: TaskExecutor {
  package static let executor: any TaskExecutor = ThreadForEachJob()

  private init() {}

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    Thread.detachNewThread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
