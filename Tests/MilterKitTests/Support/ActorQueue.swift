import Dispatch

/// Runs an actor on a queue of its own: the threads that tests have in common may all be blocked.
final class ActorQueue: SerialExecutor {
  private let queue = DispatchQueue(label: "ActorQueue")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}
