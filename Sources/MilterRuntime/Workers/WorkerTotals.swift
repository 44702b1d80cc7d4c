/// The counters of all workers, including those that have ended.
///
/// A worker that ends without a word has counted more since it was asked last; that is lost, and no number falls.
struct WorkerTotals: Sendable {
  /// The number of workers that ended unexpectedly.
  var crashes = 0
  /// The number of times that all workers got the command to reload.
  private var ended = WorkerCounts()
  private var current: [Int: WorkerCounts] = [:]

  /// Notes what a worker has counted so far.
  mutating func set(_ counts: WorkerCounts, of turn: Int) { current[turn] = counts }

  /// A worker has ended.
  mutating func end(_ turn: Int) {
    if let counts = current.removeValue(forKey: turn) { ended += counts.lasting }
  }

  /// The statistics of all together.
  var statistics: MilterStatistics {
    var sum = ended
    for counts in current.values { sum += counts }
    var result = sum.statistics
    result.workerCrashes = crashes
    return result
  }
}
