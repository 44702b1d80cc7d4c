/// What a worker writes to its supervisor: a line of words.
///
/// ```
/// ready                              it serves
/// reloading, reloaded, not-reloaded  on SIGHUP and the command reload
/// stopping                           it ends its last messages
/// alive                              as often as the service manager wants to hear it
/// stop                               the filter has called stopServer()
/// statistics 7 messages=5 …          the answer to the command statistics 7
/// ```
enum WorkerMessage: Equatable, Sendable {
  case ready
  case reloading
  case reloaded
  case notReloaded
  case stopping
  case alive
  case stop
  case statistics(Int, WorkerCounts)

  private static let plain: [(String, WorkerMessage)] = [
    ("ready", .ready), ("reloading", .reloading), ("reloaded", .reloaded),
    ("not-reloaded", .notReloaded), ("stopping", .stopping), ("alive", .alive), ("stop", .stop),
  ]

  /// Reads a line; nil if it is not a message.
  init?(line: String) {
    if let message = Self.plain.first(where: { $0.0 == line })?.1 {
      self = message
      return
    }
    let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard words.count == 3, words[0] == "statistics", let number = Int(words[1]) else { return nil }
    self = .statistics(number, WorkerCounts(text: words[2]))
  }

  /// The line, without its end.
  var line: String {
    switch self {
    case .statistics(let number, let counts): "statistics \(number) \(counts.text)"
    default: Self.plain.first { $0.1 == self }?.0 ?? ""
    }
  }
}
