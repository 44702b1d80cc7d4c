import MilterSystem

/// A message from a worker to its supervisor: a line of words.
///
/// ```
/// ready                              it serves
/// reloading                          on SIGHUP and the command reload
/// reloaded 6, not-reloaded 6         the answer to the command reload 6; 0 on SIGHUP
/// stopping                           it ends its last messages
/// alive                              as often as the service manager wants to hear it
/// stop                               the filter has called stopServer()
/// statistics 7 messages=5 …          the answer to the command statistics 7
/// status 8 process=4711 …            the answer to the command status 8
/// ```
enum WorkerMessage: Equatable, Sendable {
  case ready
  case reloading
  case reloaded(Int)
  case notReloaded(Int)
  case stopping
  case alive
  case stop
  case statistics(Int, WorkerCounts)
  case status(Int, EngineStatus)

  private static let plain: [(String, WorkerMessage)] = [
    ("ready", .ready), ("reloading", .reloading),
    ("stopping", .stopping), ("alive", .alive), ("stop", .stop),
  ]

  /// Reads a line; `nil` if it is not a message.
  init?(line: String) {
    if let message = Self.plain.first(where: { $0.0 == line })?.1 {
      self = message
      return
    }
    let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard words.count >= 2, let number = Int(words[1]) else { return nil }
    guard words.count == 3 else {
      switch words[0] {
      case "reloaded": self = .reloaded(number)
      case "not-reloaded": self = .notReloaded(number)
      default: return nil
      }
      return
    }
    switch words[0] {
    case "statistics": self = .statistics(number, WorkerCounts(text: words[2]))
    case "status":
      guard let status = EngineStatus(words: words[2]) else { return nil }
      self = .status(number, status)
    default: return nil
    }
  }

  /// The line without its end.
  var line: String {
    switch self {
    case .reloaded(let number): "reloaded \(number)"
    case .notReloaded(let number): "not-reloaded \(number)"
    case .statistics(let number, let counts): "statistics \(number) \(counts.text)"
    case .status(let number, let status): "status \(number) \(status.words)"
    default: Self.plain.first { $0.1 == self }?.0 ?? ""
    }
  }
}

extension WorkerMessage {
  /// Creates the message to a supervisor that corresponds to a message to a service manager.
  init(_ message: ServiceManager.Message) {
    self =
      switch message {
      case .ready: .ready
      case .reloading: .reloading
      case .stopping: .stopping
      case .watchdog: .alive
      }
  }
}
