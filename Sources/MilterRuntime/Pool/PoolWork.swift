import MilterSystem

/// Work for a thread of the pool.
protocol PoolWork: AnyObject, Sendable {
  /// Performs the work on the calling thread.
  ///
  /// - Parameters:
  ///   - counters: The counters of the thread.
  ///   - memory: The thread's receive memory, until this method returns; `nil` if the system had none left.
  func serve(counting counters: ThreadCounters, receivingInto memory: PageMemory?)
}
