/// The importance of a log line.
public enum MilterLogLevel: Int, Hashable, Sendable, CaseIterable, Comparable {
  /// Problems that need attention.
  case error
  /// Problems that the library has handled: a broken peer, a filter's mistake.
  case warning
  /// Start and stop.
  case notice
  /// The end of every connection, and every verdict. More than a thousand lines a minute are only counted.
  case info
  /// Every command with its byte and size, and the descriptions of the filter's errors.
  case debug

  /// Whether one level is more important than another.
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  /// The level's name, as in `--log-level`.
  public var name: String {
    switch self {
    case .error: "error"
    case .warning: "warning"
    case .notice: "notice"
    case .info: "info"
    case .debug: "debug"
    }
  }
}
