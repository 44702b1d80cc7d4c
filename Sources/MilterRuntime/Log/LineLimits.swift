import Dispatch
import MilterSystem

/// Limits the log lines that a peer can cause.
///
/// Each level has a maximum number of lines of one kind per minute. Further lines are counted, and one line
/// reports their number.
package final class LineLimits: Sendable {
  /// The kind of a line.
  package enum Kind: Int, CaseIterable {
    /// The server closed a connection because of the MTA's bytes or silence.
    case closed
    /// A callback threw.
    case thrown
    /// A callback returned an answer that is not allowed.
    case answer
    /// A callback exceeded its time.
    case overrun
    /// Connections were not accepted.
    case trouble
    /// Connections are accepted again.
    case relief
    /// An MTA closed a connection at a step where it should not.
    case left
    /// A connection ended.
    case ended
    /// A message or client got its verdict.
    case verdict
    /// A command arrived.
    case command
    /// The description of an error that a callback threw.
    case thrownText
    /// A connection was not accepted at once.
    case notAccepted

    fileprivate var level: MilterLogLevel {
      switch self {
      case .closed, .trouble: .warning
      case .thrown, .answer, .overrun: .error
      case .relief: .notice
      case .left, .ended, .verdict: .info
      case .command, .thrownText, .notAccepted: .debug
      }
    }

    /// The maximum number of lines in an interval.
    var most: Int {
      switch level {
      case .error, .warning, .notice: 5
      case .info: 1_000
      case .debug: 10_000
      }
    }

    fileprivate var description: String {
      switch self {
      case .closed: "connections were closed"
      case .thrown: "callbacks threw"
      case .answer: "answers of callbacks were wrong"
      case .overrun: "callbacks did not return in time"
      case .trouble: "times connections were not accepted"
      case .relief: "times connections were accepted again"
      case .left: "MTAs left in the middle"
      case .ended: "connections ended"
      case .verdict: "verdicts"
      case .command: "commands"
      case .thrownText: "errors of callbacks"
      case .notAccepted: "times nothing was accepted"
      }
    }
  }

  private struct Window {
    var since: UInt64
    var count = 0
  }
  private let windows: SystemMutex<[Window]>
  /// The counts of lines that were not written, by kind.
  private let others: [CountedLine]
  private let interval: UInt64
  private let clock: @Sendable () -> UInt64

  /// Creates limits.
  ///
  /// - Parameters:
  ///   - server: The server's name in the log.
  ///   - log: The log for the summary lines.
  ///   - interval: The interval of a summary.
  ///   - clock: Returns the time in nanoseconds since an arbitrary moment.
  init(
    _ server: String, _ log: MilterLog, every interval: Duration = .seconds(60),
    clock: @escaping @Sendable () -> UInt64 = { DispatchTime.now().uptimeNanoseconds }
  ) {
    self.interval = interval.nanoseconds
    self.clock = clock
    let now = clock()
    windows = SystemMutex(Kind.allCases.map { _ in Window(since: now) })
    others = Kind.allCases.map { kind in
      CountedLine(log, kind.level, every: interval, clock: clock) {
        "\(server): \($0) more \(kind.description)"
      }
    }
  }

  /// Returns whether to write a line; if not, counts it.
  func admits(_ kind: Kind, _ line: @autoclosure () -> String) -> Bool {
    let isAdmitted = windows.withLock { windows in
      let now = clock()
      if now &- windows[kind.rawValue].since >= interval {
        windows[kind.rawValue] = Window(since: now)
      }
      windows[kind.rawValue].count += 1
      return windows[kind.rawValue].count <= kind.most
    }
    if !isAdmitted { others[kind.rawValue].count(line()) }
    return isAdmitted
  }

  /// Writes the lines that are due; must be called regularly.
  func writeIfDue() { for line in others { line.writeIfDue() } }

  /// Writes the remaining lines at the end.
  func writeNow() { for line in others { line.writeNow() } }
}
