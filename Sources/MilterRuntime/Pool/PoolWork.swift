import MilterSystem

/// A piece of work for a thread of the pool.
protocol PoolWork: AnyObject, Sendable {
  /// Does it, on the calling thread.
  ///
  /// - Parameters:
  ///   - counters: those of the thread.
  ///   - memory: the thread's memory to receive into, until this returns; nil if the system had none to give.
  func serve(counting counters: ThreadCounters, receivingInto memory: PageMemory?)
}
