/// The counters of all workers, including those that have ended.
///
/// If a worker crashes, its counts since the last question are lost, and no number falls.
struct WorkerTotals: Sendable {
  /// The number of workers that ended unexpectedly.
  var crashes = 0
  /// The counters of the workers that have ended.
  private var ended = WorkerCounts()
  /// The counters of the workers that run, by their turns.
  private var current: [Int: WorkerCounts] = [:]

  /// Sets the current counts of a worker.
  mutating func set(_ counts: WorkerCounts, of turn: Int) { current[turn] = counts }

  /// Notes that a worker has ended.
  mutating func end(_ turn: Int) {
    if let counts = current.removeValue(forKey: turn) { ended += counts.lasting }
  }

  /// The statistics of all workers together.
  var statistics: MilterStatistics {
    var sum = ended
    for counts in current.values { sum += counts }
    var result = sum.statistics
    result.workerCrashes = crashes
    return result
  }
}
