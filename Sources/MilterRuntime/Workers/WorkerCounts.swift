import MilterCore

/// A worker's statistics as numbers with names, which can be added up.
///
/// As text they are words of the form `NAME=NUMBER`: those of ``MilterStatistics`` by their own names, and
/// `answers.eom.accept=4`, `errors.timeout=1`, `times.eom.0=3` for a bucket and `times.eom.sum=90000` in
/// nanoseconds. What is 0 is left out.
struct WorkerCounts: Equatable, Sendable {
  private var numbers: [String: Int] = [:]

  /// No numbers.
  init() {}

  /// More than anything that is counted; a worker may be out of its mind.
  private static let limit = 1 << 58

  /// Reads words, and leaves out what is not a number with a name.
  init(text: some StringProtocol) {
    for word in text.split(separator: " ") {
      let parts = word.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let number = Int(parts[1]), (0..<Self.limit).contains(number) else {
        continue
      }
      numbers[String(parts[0])] = number
    }
  }

  /// The words.
  var text: String {
    numbers.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
  }

  /// Adds another worker's.
  static func += (sum: inout Self, more: Self) {
    sum.numbers.merge(more.numbers) { $0 &+ $1 }
  }

  /// The numbers that stay when the worker has ended: not those of what it has now.
  var lasting: WorkerCounts {
    var result = self
    for name in ["openConnections", "threads"] { result.numbers[name] = nil }
    return result
  }

  // MARK: Statistics

  private typealias Path = WritableKeyPath<MilterStatistics, Int>

  private static var plain: [(String, Path)] {
    [
      ("connections", \.connections), ("refusedConnections", \.refusedConnections),
      ("openConnections", \.openConnections), ("healthChecks", \.healthChecks),
      ("bytesReceived", \.bytesReceived), ("bytesSent", \.bytesSent), ("messages", \.messages),
      ("abortedMessages", \.abortedMessages), ("shadowedRefusals", \.shadowedRefusals),
      ("shadowedChanges", \.shadowedChanges), ("threads", \.threads), ("reloads", \.reloads),
    ]
  }

  /// The numbers of statistics.
  init(_ statistics: MilterStatistics) {
    for (name, path) in Self.plain { put(name, statistics[keyPath: path]) }
    for (callback, answers) in statistics.answers {
      for (status, count) in answers { put("answers.\(callback).\(status.name)", count) }
    }
    for (kind, count) in statistics.errors { put("errors.\(kind.name)", count) }
    for (callback, times) in statistics.callbackTimes {
      for (bucket, count) in times.counts.enumerated() { put("times.\(callback).\(bucket)", count) }
      put("times.\(callback).sum", Int(clamping: times.sum.nanoseconds))
    }
  }

  private mutating func put(_ name: String, _ number: Int) {
    if number != 0 { numbers[name] = number }
  }

  /// The statistics with these numbers.
  var statistics: MilterStatistics {
    var result = MilterStatistics()
    for (name, path) in Self.plain { result[keyPath: path] = numbers[name] ?? 0 }
    for callback in MilterCallback.allCases {
      for status in MilterStatus.allCases {
        if let count = numbers["answers.\(callback).\(status.name)"] {
          result.answers[callback, default: [:]][status] = count
        }
      }
      var times = MilterHistogram()
      for bucket in times.counts.indices {
        times.counts[bucket] = numbers["times.\(callback).\(bucket)"] ?? 0
      }
      times.sum = .nanoseconds(numbers["times.\(callback).sum"] ?? 0)
      if times.counts.contains(where: { $0 != 0 }) { result.callbackTimes[callback] = times }
    }
    for kind in MilterStatistics.ErrorKind.allCases {
      if let count = numbers["errors.\(kind.name)"] { result.errors[kind] = count }
    }
    return result
  }
}
