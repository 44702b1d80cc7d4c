#if canImport(Darwin)
  @preconcurrency import Darwin
#elseif canImport(Musl)
  @preconcurrency import Musl
#else
  @preconcurrency import Glibc
#endif

/// How important a line of the log is.
public enum MilterLogLevel: Int, Hashable, Sendable, CaseIterable, Comparable {
  /// Something failed and needs somebody's attention.
  case error
  /// Something went wrong that the library could handle: a broken peer, a filter's mistake.
  case warning
  /// Start and stop.
  case notice
  /// Every connection.
  case info
  /// Every command, by its byte and size.
  case debug

  /// Whether one level is more important than another.
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  /// The level's name, as `--log-level` takes it.
  public var name: String { "\(self)" }
}

/// Where the library's log goes.
public struct MilterLog: Sendable {
  /// The least important level that is written.
  public var level: MilterLogLevel
  /// Takes a line, without line end, from any thread.
  public var write: @Sendable (MilterLogLevel, String) -> Void

  /// Makes a log.
  ///
  /// - Parameters:
  ///   - level: the least important level that is written.
  ///   - write: takes a line, without line end, from any thread; by default it goes to standard
  ///     error.
  public init(
    level: MilterLogLevel = .notice,
    write: @escaping @Sendable (MilterLogLevel, String) -> Void = Self.standardError
  ) {
    self.level = level
    self.write = write
  }

  /// Writes a line to standard error, in one piece.
  public static let standardError: @Sendable (MilterLogLevel, String) -> Void = { level, line in
    let bytes = Array("\(level.name): \(line)\n".utf8)
    fwrite(bytes, 1, bytes.count, stderr)
  }

  func error(_ line: @autoclosure () -> String) { put(.error, line) }
  func warning(_ line: @autoclosure () -> String) { put(.warning, line) }
  func notice(_ line: @autoclosure () -> String) { put(.notice, line) }
  func info(_ line: @autoclosure () -> String) { put(.info, line) }
  func debug(_ line: @autoclosure () -> String) { put(.debug, line) }

  private func put(_ level: MilterLogLevel, _ line: () -> String) {
    if level <= self.level { write(level, line()) }
  }
}
