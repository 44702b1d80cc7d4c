import MilterCommandLine
import MilterRuntime
import MilterSystem

/// Where a program's log goes: `--log`.
enum LogDestination: String, CaseIterable, Sendable {
  /// Standard error; the journal, with fields, if the service manager connected standard error to it.
  case stderr
  case syslog
  /// JSON on standard error.
  case json

  /// Has a log go there.
  ///
  /// - Parameters:
  ///   - log: the log.
  ///   - name: what the program is called.
  ///   - facility: the facility in syslog.
  ///   - environment: gives the value of a variable.
  func open(
    _ log: inout MilterLog, as name: String, facility: SyslogFacility,
    environment: (String) -> String? = ServiceManager.environment
  ) {
    switch self {
    case .stderr:
      guard JournalSocket.isConnected(environment("JOURNAL_STREAM")),
        let socket = try? JournalSocket()
      else { return }
      let journal = JournalLog(socket, name: name)
      log.record = { journal.write($0) }
    case .syslog:
      MilterLog.openSyslog(as: name, facility: facility)
      log.write = MilterLog.syslog(facility)
    case .json:
      let json = JSONLog(name: name)
      log.record = { json.write($0) }
    }
  }
}
