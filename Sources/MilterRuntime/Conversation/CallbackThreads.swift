/// The threads that run the rest of suspended callbacks: those of the pool, or a waiting caller.
package protocol CallbackThreads: AnyObject, Sendable {
  /// Runs a job on one of the threads.
  func run(_ job: UnownedJob, on executor: CallbackExecutor)
}
