import MilterSystem

/// The rest of a suspended callback.
final class CallbackJob: PoolWork {
  private let job: UnownedJob
  private let executor: CallbackExecutor

  init(job: UnownedJob, executor: CallbackExecutor) {
    self.job = job
    self.executor = executor
  }

  func serve(counting counters: ThreadCounters, receivingInto memory: PageMemory?) {
    counters.beginTurn()
    defer { counters.endTurn() }
    job.runSynchronously(on: executor.asUnownedTaskExecutor())
  }
}
