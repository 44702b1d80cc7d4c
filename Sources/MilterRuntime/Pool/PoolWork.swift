/// What a thread of the pool can be given to do.
protocol PoolWork: AnyObject, Sendable {
  /// Does it, on the calling thread, which counts by `counters`.
  func serve(counting counters: ThreadCounters)
}
