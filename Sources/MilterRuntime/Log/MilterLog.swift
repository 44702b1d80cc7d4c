package import MilterCore

/// The destination of the library's log and of a filter's own lines.
///
/// ``MilterConfiguration/log`` is the log of a server. In a filter, ``MilterBase/log-property`` writes to the
/// same destination, and its lines contain the connection's number and the queue ID:
///
/// ```
/// greeter #17: negotiate: continue                     before the queue id is known
/// greeter #17: 4dVw2x1Kz9: eom: reject                 once the MTA has sent the macro i
/// ```
///
/// Standard error and syslog are built in. For other destinations, use a closure, for example one that passes
/// lines to swift-log:
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
/// The library's own lines above ``MilterLogLevel/debug`` have no mail content: no addresses, headers, body, or
/// client names. The exception is ``MilterServer/logConnections()``, which lists clients. A line never has
/// control characters: they are written as `\n` or `\xe2\x80\xa8`, so that text cannot imitate other lines.
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
  /// The log of the connection whose callback is running, in an ``AsyncMilter`` and in functions that it calls;
  /// otherwise a log that writes to standard error.
  ///
  /// It is a task-local value, so child tasks also have it. Its lines have the queue ID that was known when the
  /// last callback of the message began.
  @TaskLocal public static var current = MilterLog()

  /// The least important level that is written.
  public var level: MilterLogLevel {
    @inline(__always) get { threshold?.level ?? ownLevel }
    set {
      ownLevel = newValue
      threshold = nil
    }
  }
  private var ownLevel: MilterLogLevel
  /// The level if it can change while copies of the log are in use; otherwise `nil`.
  package var threshold: LogThreshold?
  /// Writes a line, without a line end, from any thread.
  ///
  /// The closure may read the server's addresses and statistics, and may stop the server:
  /// ``MilterServer/stop(drain:)`` does not wait in the closure.
  public var write: @Sendable (MilterLogLevel, String) -> Void
  /// Writes a line in its parts, instead of ``write``; `nil` if there is no such destination.
  package var record: (@Sendable (LogRecord) -> Void)?
  /// Returns whether lines of a level are written now; `nil` if this cannot change while a server runs.
  package var isWritten: (@Sendable (MilterLogLevel) -> Bool)?
  /// The limits of lines that a peer can cause; `nil` to write all lines.
  var limits: LineLimits?
  /// The subject of the lines; `nil` for the whole server.
  var subject: LogSubject?

  /// Creates a log.
  ///
  /// - Parameters:
  ///   - level: The least important level that is written.
  ///   - write: Writes a line, without a line end, from any thread; by default to standard error.
  public init(
    level: MilterLogLevel = .notice,
    write: @escaping @Sendable (MilterLogLevel, String) -> Void = Self.standardError
  ) {
    ownLevel = level
    self.write = write
  }

  /// Writes a line about a problem that needs attention.
  ///
  /// May be called from any thread. The line is evaluated only if its level is written.
  public func error(_ line: @autoclosure () -> String) { put(.error, line) }

  /// Writes a line about a problem that was handled; see ``error(_:)``.
  public func warning(_ line: @autoclosure () -> String) { put(.warning, line) }

  /// Writes a line about a rare event; see ``error(_:)``.
  public func notice(_ line: @autoclosure () -> String) { put(.notice, line) }

  /// Writes a line about a connection or a message; see ``error(_:)``.
  public func info(_ line: @autoclosure () -> String) { put(.info, line) }

  /// Writes a line about a step; only these lines may have mail content; see ``error(_:)``.
  public func debug(_ line: @autoclosure () -> String) { put(.debug, line) }

  /// Writes a line that a peer can cause, unless there were too many of its kind.
  package func put(
    _ level: MilterLogLevel, _ kind: LineLimits.Kind, _ line: @autoclosure () -> String
  ) {
    guard let limits else { return put(level, line) }
    guard isWritten(at: level) else { return }
    if limits.admits(kind, line()) { put(level, line) }
  }

  /// Returns a log for lines about a callback and its verdict.
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
