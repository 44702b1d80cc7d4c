/// A piece of work for a thread of the pool.
protocol PoolWork: AnyObject, Sendable {
  /// Does it, on the calling thread, which counts by `counters`.
  func serve(counting counters: ThreadCounters)
}
