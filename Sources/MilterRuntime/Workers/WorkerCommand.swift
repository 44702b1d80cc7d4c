/// A command from a supervisor to a worker: a line of words.
///
/// Commands are not signals. A terminal or a service manager sends a signal to the whole process group, so a
/// worker would get it twice, and a second SIGTERM would end its messages at once.
enum WorkerCommand: Equatable, Sendable {
  /// Accept no more connections, and end the messages in progress.
  case stop
  /// End at once.
  case stopNow
  /// Reload the configuration, and answer whether the reload has succeeded.
  case reload(Int)
  /// Log the state of each connection.
  case list
  /// Answer with the statistics.
  case statistics(Int)
  /// Answer with the status.
  case status(Int)

  private static let plain: [(String, WorkerCommand)] = [
    ("stop", .stop), ("stop-now", .stopNow), ("list", .list),
  ]

  /// Reads a line; `nil` if it is not a command.
  init?(line: String) {
    if let command = Self.plain.first(where: { $0.0 == line })?.1 {
      self = command
      return
    }
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 2, let number = Int(words[1]) else { return nil }
    switch words[0] {
    case "reload": self = .reload(number)
    case "statistics": self = .statistics(number)
    case "status": self = .status(number)
    default: return nil
    }
  }

  /// The line without its end.
  var line: String {
    switch self {
    case .reload(let number): "reload \(number)"
    case .statistics(let number): "statistics \(number)"
    case .status(let number): "status \(number)"
    default: Self.plain.first { $0.1 == self }?.0 ?? ""
    }
  }
}
