import Dispatch

/// Runs an actor on its own queue, because the threads that tests share may all be blocked.
final class ActorQueue: SerialExecutor {
  private let queue = DispatchQueue(label: "ActorQueue")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}
