import ClusterFixtures
import Synchronization

/// Measures decisions, and prints a row of a table for each kind.
struct Bench {
  /// The number of threads that decide at the same time.
  static let threads = 16

  /// The number of decisions that one thread makes, and that all threads make together.
  private let decisions: Int

  /// Prints the head of the table.
  ///
  /// - Parameter decisions: The number of decisions for each figure, at least ``threads``.
  init(decisions: Int) {
    self.decisions = decisions
    print(
      "| Decision | Store | p50 | p99 | p50, 16 threads | p99, 16 threads | decisions/s, 16 threads |"
    )
    print("|---|---|---|---|---|---|---|")
  }

  /// Measures one thread, and then 16 threads at the same time.
  ///
  /// - Parameters:
  ///   - decision: The kind of decision, for the table.
  ///   - store: The kind of store, for the table.
  ///   - decide: Makes one decision; its arguments are the numbers of the thread and of the decision.
  /// - Throws: The error of a decision.
  func measure(
    _ decision: String, _ store: String, _ decide: @escaping @Sendable (Int, Int) throws -> Void
  ) throws {
    do {
      let alone = try run(threads: 1, decide)
      let together = try run(threads: Self.threads, decide)
      let rate = Int(Double(together.sorted.count) / together.seconds)
      let columns = [decision, store] + alone.texts + together.texts + ["\(rate)"]
      print("| \(columns.joined(separator: " | ")) |")
    } catch {
      print("| \(decision) | \(store) | failed: \(error) |")
      throw error
    }
  }

  private func run(
    threads: Int, _ decide: @escaping @Sendable (Int, Int) throws -> Void
  ) throws -> Times {
    let all = Collected()
    let decisionsOfEach = decisions / threads
    let start = ContinuousClock.now
    try onThreads(threads) { thread in
      var own: [Duration] = []
      for number in 0..<decisionsOfEach {
        let begin = ContinuousClock.now
        // No two threads have the same number, also of the two runs.
        try decide(threads * 100 + thread, number)
        own.append(begin.duration(to: .now))
      }
      all.times.withLock { $0 += own }
    }
    let seconds = start.duration(to: .now) / .seconds(1)
    return Times(sorted: all.times.withLock { $0.sorted() }, seconds: seconds)
  }
}

private final class Collected: Sendable {
  let times = Mutex<[Duration]>([])
}

/// The times of decisions.
private struct Times {
  let sorted: [Duration]
  let seconds: Double

  /// The p50 and the p99 latency.
  var texts: [String] { [percentile(0.5), percentile(0.99)].map(text) }

  private func percentile(_ share: Double) -> Duration {
    sorted[Int(Double(sorted.count - 1) * share)]
  }

  private func text(_ time: Duration) -> String {
    let microseconds = time / .microseconds(1)
    guard microseconds < 10 else { return "\(Int(microseconds.rounded())) µs" }
    return "\((microseconds * 10).rounded() / 10) µs"
  }
}
