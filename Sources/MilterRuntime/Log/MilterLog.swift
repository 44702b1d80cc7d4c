package import MilterCore

/// The destination of the library's log and of a filter's own lines.
///
/// ``MilterConfiguration/log`` is a server's. In a filter, ``MilterBase/log-property`` writes to the same place,
/// and its lines contain the IDs of the connection and of the message:
///
/// ```
/// greeter #17: negotiate: continue                     before the queue id is known
/// greeter #17: 4dVw2x1Kz9: eom: reject                 once the MTA has sent the macro i
/// ```
///
/// Standard error and syslog are at hand. Anything else is a closure, for example one that passes
/// on to swift-log:
///
/// ```swift
/// let logger = Logger(label: "greeter")
/// var configuration = MilterConfiguration()
/// configuration.log = MilterLog(level: .info) { level, line in
///   switch level {
///   case .error: logger.error("\(line)")
///   case .warning: logger.warning("\(line)")
///   case .notice: logger.notice("\(line)")
///   case .info: logger.info("\(line)")
///   case .debug: logger.debug("\(line)")
///   }
/// }
/// ```
///
/// What the library itself writes above ``MilterLogLevel/debug`` has no mail content: no addresses,
/// headers, body, or names of clients; only the list that ``MilterServer/logConnections()`` writes
/// when it is asked for names clients. A line never has control characters, whatever its source: they
/// are shown as `\x0a` or `\u{2028}`, so that nobody forges lines.
///
/// ## Topics
///
/// ### Making a log
/// - ``init(level:write:)``
/// - ``standardError``
/// - ``syslog``
/// - ``level``
/// - ``write``
///
/// ### Writing lines
/// - ``current``
/// - ``error(_:)``
/// - ``warning(_:)``
/// - ``notice(_:)``
/// - ``info(_:)``
/// - ``debug(_:)``
public struct MilterLog: Sendable {
  /// The log of the connection whose callback runs, in an ``AsyncMilter`` and whatever it calls; else
  /// one that writes to standard error.
  ///
  /// It is a task-local value, so child tasks also have it. Its lines have the queue ID that was known
  /// when the message's last callback began.
  @TaskLocal public static var current = MilterLog()

  /// The least important level that is written.
  public var level: MilterLogLevel {
    get { threshold?.level ?? ownLevel }
    set {
      ownLevel = newValue
      threshold = nil
    }
  }
  private var ownLevel: MilterLogLevel
  /// The level where it changes while copies of the log are in use; nil where it does not.
  package var threshold: LogThreshold?
  /// Takes a line, without line end, from any thread.
  ///
  /// It may ask the server for its addresses and statistics, and have it stop: in here
  /// ``MilterServer/stop(drain:)`` does not wait.
  public var write: @Sendable (MilterLogLevel, String) -> Void
  /// Takes lines in their parts, in the place of ``write``; nil where nothing does.
  package var record: (@Sendable (LogRecord) -> Void)?
  /// Returns whether lines of a level are written now, if that can change while a server runs.
  package var isWritten: (@Sendable (MilterLogLevel) -> Bool)?
  /// Keeps lines that a peer can cause few; nil to write them all.
  var limits: LineLimits?
  /// The subject of the lines; nil for the whole server.
  var subject: LogSubject?

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
    ownLevel = level
    self.write = write
  }

  /// Writes a line about something that needs somebody's attention.
  ///
  /// May be called from any thread. The line is made only if its level is written.
  public func error(_ line: @autoclosure () -> String) { put(.error, line) }

  /// Writes a line about something that went wrong and was handled; see ``error(_:)``.
  public func warning(_ line: @autoclosure () -> String) { put(.warning, line) }

  /// Writes a line about something that happens rarely; see ``error(_:)``.
  public func notice(_ line: @autoclosure () -> String) { put(.notice, line) }

  /// Writes a line about a connection or a message; see ``error(_:)``.
  public func info(_ line: @autoclosure () -> String) { put(.info, line) }

  /// Writes a line about every step, the only place for mail content; see ``error(_:)``.
  public func debug(_ line: @autoclosure () -> String) { put(.debug, line) }

  /// Writes a line that a peer can cause again and again, unless there were many of its kind.
  package func put(
    _ level: MilterLogLevel, _ kind: LineLimits.Kind, _ line: @autoclosure () -> String
  ) {
    guard let limits else { return put(level, line) }
    guard isWritten(at: level) else { return }
    if limits.admits(kind, line()) { put(level, line) }
  }

  /// A log whose lines are about a callback and, if it was answered, its verdict.
  package func about(_ callback: MilterCallback, _ verdict: MilterStatus? = nil) -> MilterLog {
    var log = self
    log.subject?.callback = callback
    log.subject?.verdict = verdict
    return log
  }

  private func isWritten(at level: MilterLogLevel) -> Bool {
    level <= self.level && isWritten?(level) ?? true
  }

  func put(_ level: MilterLogLevel, _ line: () -> String) {
    guard isWritten(at: level) else { return }
    let message = line()
    let text = VisibleText.visible((subject?.prefix ?? "") + message)
    guard let record else { return LogClosure.run { write(level, text) } }
    let parts = LogRecord(
      level: level, filter: subject?.name, connection: subject?.connection,
      queueID: subject?.queueID.map(VisibleText.visible),
      callback: subject?.callback ?? subject?.presence?.callback,
      verdict: subject?.verdict, message: message, line: text)
    LogClosure.run { record(parts) }
  }
}
