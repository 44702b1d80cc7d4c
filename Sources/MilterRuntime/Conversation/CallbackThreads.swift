/// Threads on which suspended callbacks go on: those of the pool, or a caller that waits.
package protocol CallbackThreads: AnyObject, Sendable {
  /// Has a thread run a job.
  func run(_ job: UnownedJob, on executor: CallbackExecutor)

  /// Whether the callbacks of a message may share a task.
  ///
  /// A test's may not: each is to have the task-local values of the step that the test takes.
  var allowsSharedTask: Bool { get }
}
