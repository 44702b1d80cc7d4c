import MilterCore
import MilterSystem

/// The counters of a server: those of its threads, and those of rarer events.
final class ServerCounters: StatisticsSource {
  private struct State {
    /// The numbers that do not belong to a thread.
    var statistics = MilterStatistics()
    /// The sums of threads that have ended.
    var sums = [Int](repeating: 0, count: CounterLayout.count)
    var threads: [ObjectIdentifier: ThreadCounters] = [:]
  }
  private let state = SystemMutex(State())

  /// The counters of the members of its filters' chains.
  let members = MemberCounters()

  /// Whether the time of each callback is measured.
  let timesCallbacks: Bool

  init(timesCallbacks: Bool = false) { self.timesCallbacks = timesCallbacks }

  // MARK: Threads

  /// Creates the counters of the calling thread, which is new.
  func beginThread() -> ThreadCounters {
    let counters = ThreadCounters(timesCallbacks: timesCallbacks)
    state.withLock { $0.threads[ObjectIdentifier(counters)] = counters }
    return counters
  }

  /// Adds the counters of a thread that ends.
  func endThread(_ counters: ThreadCounters) {
    state.withLock { state in
      state.threads[ObjectIdentifier(counters)] = nil
      counters.add(to: &state.sums)
    }
  }

  /// Returns the threads that have been in the same turn since the last call, except those that stay with a busy
  /// connection.
  func findStuckThreads() -> [ThreadCounters] {
    state.withLock { state in
      state.threads.values.filter { $0.isStuck() && !$0.isSettled }
    }
  }

  // MARK: Connections and the server

  /// Counts an accepted connection.
  ///
  /// - Returns: The connection's number, beginning with 1.
  func beginConnection() -> Int {
    state.withLock { state in
      state.statistics.openConnections += 1
      state.statistics.connections += 1
      return state.statistics.connections
    }
  }

  /// Counts the end of a connection.
  func endConnection() { state.withLock { $0.statistics.openConnections -= 1 } }

  /// Counts a connection that was closed at once.
  func countRefusal() { state.withLock { $0.statistics.refusedConnections += 1 } }

  /// Counts a reload.
  func countReload() { state.withLock { $0.statistics.reloads += 1 } }

  /// Counts an error outside of the pool's threads.
  func count(_ error: MilterStatistics.ErrorKind) {
    state.withLock { $0.sums[CounterLayout.place(of: error)] += 1 }
  }

  /// Adds an amount that no thread of the pool has counted.
  func add(_ amount: Int, to single: CounterLayout.Single) {
    state.withLock { $0.sums[single.rawValue] += amount }
  }

  // MARK: Reading

  /// The current statistics.
  var snapshot: MilterStatistics {
    let (statistics, sums) = state.withLock { state in
      var statistics = state.statistics
      statistics.threads = state.threads.count
      statistics.members = members.snapshot
      var sums = state.sums
      for counters in state.threads.values { counters.add(to: &sums) }
      return (statistics, sums)
    }
    return statistics.adding(sums)
  }
}

extension MilterStatistics {
  fileprivate func adding(_ sums: [Int]) -> MilterStatistics {
    var result = self
    for single in CounterLayout.Single.allCases {
      result[keyPath: single.path] = sums[single.rawValue]
    }
    for error in ErrorKind.allCases {
      let count = sums[CounterLayout.place(of: error)]
      if count > 0 { result.errors[error] = count }
    }
    for callback in MilterCallback.allCases {
      for status in MilterStatus.allCases {
        let count = sums[CounterLayout.place(of: callback, status)]
        if count > 0 { result.answers[callback, default: [:]][status] = count }
      }
      var times = MilterHistogram()
      for bucket in times.counts.indices {
        times.counts[bucket] = sums[CounterLayout.place(of: callback, bucket: bucket)]
      }
      times.sum = .nanoseconds(sums[CounterLayout.placeOfSum(callback)])
      if times.count > 0 { result.callbackTimes[callback] = times }
    }
    return result
  }
}
