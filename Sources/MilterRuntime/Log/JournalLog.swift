import MilterCore
package import MilterSystem

/// A log in systemd's journal with the parts of a line as fields.
///
/// `journalctl MILTER_QUEUE_ID=4dVw2x1Kz9` finds a message.
package struct JournalLog: Sendable {
  private let socket: JournalSocket
  private let name: String
  private let worker: Int?
  private let otherwise: @Sendable (MilterLogLevel, String) -> Void

  /// Creates a log.
  ///
  /// - Parameters:
  ///   - socket: The journal's socket.
  ///   - name: The program's name in the journal.
  ///   - worker: The number of the worker process that writes; `nil` without workers.
  ///   - otherwise: Gets lines that the journal does not accept, because it is not running or the line is too
  ///     long.
  package init(
    _ socket: JournalSocket, name: String, worker: Int? = nil,
    otherwise: @escaping @Sendable (MilterLogLevel, String) -> Void = MilterLog.standardError
  ) {
    self.socket = socket
    self.name = VisibleText.visible(name)
    self.worker = worker
    self.otherwise = otherwise
  }

  /// Writes a line.
  package func write(_ record: LogRecord) {
    var fields = [
      (name: "MESSAGE", value: record.line), ("PRIORITY", "\(record.level.priority.rawValue)"),
      ("SYSLOG_IDENTIFIER", name), ("MILTER_FILTER", VisibleText.visible(record.filter ?? name)),
    ]
    if let worker { fields.append(("MILTER_WORKER", "\(worker)")) }
    if let connection = record.connection { fields.append(("MILTER_CONNECTION", "\(connection)")) }
    if let queueID = record.queueID { fields.append(("MILTER_QUEUE_ID", queueID)) }
    if let callback = record.callback { fields.append(("MILTER_CALLBACK", "\(callback)")) }
    if let verdict = record.verdict { fields.append(("MILTER_VERDICT", "\(verdict)")) }
    do {
      try socket.write(fields)
    } catch {
      otherwise(record.level, record.line)
    }
  }
}
