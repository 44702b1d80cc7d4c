import MilterCommandLine
import MilterRuntime
import MilterSystem

/// The destination of a program's log: `--log`.
enum LogDestination: String, CaseIterable, Sendable {
  /// Standard error; if the service manager has connected it to the journal, the journal with fields.
  case stderr
  case syslog
  /// JSON on standard error.
  case json

  /// Opens the destination for a log.
  ///
  /// - Parameters:
  ///   - log: The log.
  ///   - name: The name of the program.
  ///   - facility: The facility in syslog.
  ///   - worker: The number of the worker process that writes; `nil` without workers.
  ///   - environment: Returns the value of an environment variable.
  func open(
    _ log: inout MilterLog, as name: String, facility: SyslogFacility,
    worker: Int? = nil,
    environment: (String) -> String? = ServiceManager.environment
  ) {
    switch self {
    case .stderr:
      log.name(worker)
      guard JournalSocket.isConnected(environment("JOURNAL_STREAM")),
        let socket = try? JournalSocket()
      else { return }
      let journal = JournalLog(socket, name: name, worker: worker)
      log.record = { journal.write($0) }
    case .syslog:
      MilterLog.openSyslog(as: name, facility: facility)
      log.write = MilterLog.syslog(facility)
      log.name(worker)
    case .json:
      let json = JSONLog(name: name, worker: worker)
      log.record = { json.write($0) }
    }
  }
}

extension MilterLog {
  /// Adds the number of the worker to the start of each line.
  fileprivate mutating func name(_ worker: Int?) {
    guard let worker else { return }
    write = { [write] in write($0, "worker \(worker): \($1)") }
  }
}
