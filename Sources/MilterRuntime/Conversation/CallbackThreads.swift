/// Threads on which suspended callbacks go on: those of the pool, or a caller that waits.
package protocol CallbackThreads: AnyObject, Sendable {
  /// Has a thread run a job.
  func run(_ job: UnownedJob, on executor: CallbackExecutor)
}
