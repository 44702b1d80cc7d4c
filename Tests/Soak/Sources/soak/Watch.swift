import Dispatch
import Glibc

/// Watches the filter while it works, and reports the errors at the end.
struct Watch {
  private let filter: FilterProcess
  private let tally: Tally
  private var samples: [FilterProcess.Sample] = []

  init(_ filter: FilterProcess, _ tally: Tally) {
    self.filter = filter
    self.tally = tally
  }

  /// Takes samples until all clients are done.
  mutating func run(_ options: SoakOptions, until clients: DispatchGroup) throws {
    var nextLine = 0.0
    var seconds = 0
    while clients.wait(timeout: .now() + 1) == .timedOut {
      let sample = try filter.sample()
      samples.append(sample)
      seconds += 1
      if sample.time >= options.seconds { tally.stop() }
      if options.reloads, seconds % 5 == 0 { filter.reload() }
      guard sample.time >= nextLine else { continue }
      nextLine = sample.time + options.interval
      let counts = tally.snapshot
      print(
        "\(Int(sample.time)) s: \(counts.begun) messages on \(counts.connections) connections, "
          + "\(sample.resident) KiB, \(sample.descriptors) descriptors, \(sample.threads) threads, "
          + "\(counts.mistakes.count) mistakes")
    }
  }

  /// Ends the filter, prints the results, and returns the errors.
  func complaints(descriptorsBefore: Int) throws -> [String] {
    let counts = tally.snapshot
    let endings = Tally.Ending.allCases.map { "\($0) \(counts.endings[$0] ?? 0)" }
    print("\(counts.begun) messages: \(endings.joined(separator: ", "))")
    var complaints = counts.mistakes + growth()
    if let left = try descriptorsLeft(descriptorsBefore) { complaints.append(left) }
    do {
      try filter.terminate()
    } catch {
      complaints.append("\(error)")
    }
    print("the filter said last: \(filter.lastLine)")
    return complaints
  }

  /// Checks that memory does not grow after the tenth minute, or in the second half of a shorter run.
  ///
  /// The check compares medians, because a leak raises them, and a variation does not. In a shorter run,
  /// memory may grow by a quarter, because the memory of 200 threads takes a minute and a half to fill.
  /// Leaked descriptors are counted at the end, because the number of descriptors depends on the number of
  /// connections.
  private func growth() -> [String] {
    let end = samples.last?.time ?? 0
    let begin = min(600, end / 2)
    let old = begin / 2..<begin
    let new = (begin + end) / 2...end
    let before = samples.filter { old.contains($0.time) }
    let after = samples.filter { new.contains($0.time) }
    guard !before.isEmpty else { return ["too short to see whether anything grows"] }
    func median(_ samples: [FilterProcess.Sample]) -> Int {
      samples.map(\.resident).sorted()[samples.count / 2]
    }
    let (first, later) = (median(before), median(after))
    print(
      "KiB of memory, median: \(first) from \(Int(old.lowerBound)) to \(Int(begin)) s, "
        + "\(later) from \(Int(new.lowerBound)) to \(Int(end)) s")
    let allowed = first + first / (end < 600 ? 4 : 10) + 2048
    return later > allowed ? ["memory grew from \(first) to \(later) KiB"] : []
  }

  /// Returns an error if descriptors of clients stay open after all clients have disconnected.
  private func descriptorsLeft(_ before: Int) throws -> String? {
    // Waits up to a minute, because a busy machine needs time to end the last connections.
    for _ in 0..<1200 {
      // Dispatch and the server open up to 16 descriptors once, after the first sample.
      if try filter.sample().descriptors <= before + 16 { return nil }
      usleep(50_000)
    }
    return "\(try filter.sample().descriptors) descriptors are left, \(before) were before"
  }
}
