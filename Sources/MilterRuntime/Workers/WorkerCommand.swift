/// A command of a supervisor to a worker: a line of words.
///
/// Commands are not signals: a terminal or a service manager signals the whole process group, so a worker
/// would get each signal twice, and a second SIGTERM would cut its messages short.
enum WorkerCommand: Equatable, Sendable {
  /// To accept no more, and to end the messages under way.
  case stop
  /// To end at once.
  case stopNow
  /// To read the configuration again, and to answer whether that has worked.
  case reload(Int)
  /// To write what its connections are doing to the log.
  case list
  /// To answer with its statistics.
  case statistics(Int)
  /// To answer with what it is doing.
  case status(Int)

  private static let plain: [(String, WorkerCommand)] = [
    ("stop", .stop), ("stop-now", .stopNow), ("list", .list),
  ]

  /// Reads a line; nil if it is not a command.
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

  /// The line, without its end.
  var line: String {
    switch self {
    case .reload(let number): "reload \(number)"
    case .statistics(let number): "statistics \(number)"
    case .status(let number): "status \(number)"
    default: Self.plain.first { $0.1 == self }?.0 ?? ""
    }
  }
}
