import ClusterFixtures
import Synchronization

/// Measures decisions, and prints a row for each kind.
struct Bench {
  /// How many decisions a row has for each number of threads.
  let decisions: Int

  init(decisions: Int) {
    // Each thread decides once at least.
    self.decisions = max(decisions, 16)
    print(
      "| Decision | Store | p50 | p99 | p50, 16 threads | p99, 16 threads | decisions/s, 16 threads |"
    )
    print("|---|---|---|---|---|---|---|")
  }

  /// Has one thread decide, and then 16 at the same time.
  ///
  /// - Parameters:
  ///   - decision: what is decided.
  ///   - store: where the state is.
  ///   - decide: makes the decision of a thread with a number.
  /// - Throws: what a decision throws.
  func measure(
    _ decision: String, _ store: String, _ decide: @escaping @Sendable (Int, Int) throws -> Void
  ) throws {
    do {
      let alone = try run(threads: 1, decide)
      let together = try run(threads: 16, decide)
      let columns =
        [decision, store] + alone.texts + together.texts
        + ["\(Int(Double(together.sorted.count) / together.seconds))"]
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
    let each = decisions / threads
    let start = ContinuousClock.now
    try onThreads(threads) { thread in
      var own: [Duration] = []
      for number in 0..<each {
        let begin = ContinuousClock.now
        // The threads of one run and those of the other have triplets of their own.
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

/// How long decisions took.
private struct Times {
  let sorted: [Duration]
  let seconds: Double

  var texts: [String] { [0.5, 0.99].map { "\(text(sorted[Int(Double(sorted.count - 1) * $0)]))" } }

  private func text(_ time: Duration) -> String {
    let microseconds = time / .microseconds(1)
    return microseconds < 10
      ? "\((microseconds * 10).rounded() / 10) µs" : "\(Int(microseconds.rounded())) µs"
  }
}
