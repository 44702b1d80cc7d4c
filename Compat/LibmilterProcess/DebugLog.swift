@preconcurrency import MilterPlatform
import MilterRuntime

/// The destinations of the library's errors: syslog, and with `smfi_setdbg` also standard output.
package enum DebugLog {
  /// The engine's log: below debug level 1 only errors and warnings are worth a line.
  static var log: MilterLog {
    var log = MilterLog(level: .info) { level, line in
      write(level <= .warning ? LOG_ERR : LOG_INFO, line)
    }
    log.isWritten = { $0 <= .warning || LibmilterProcess.shared.isDebugging }
    return log
  }

  /// Logs why a function failed, at debug level 1 and above.
  package static func failure(_ function: StaticString, _ error: any Error) {
    guard LibmilterProcess.shared.isDebugging else { return }
    let reason = "\(error)"
    write(LOG_INFO, reason.hasPrefix("\(function)") ? reason : "\(function): \(reason)")
  }

  private static func write(_ priority: Int32, _ line: String) {
    line.withCString { text in
      withVaList([text]) { vsyslog(LOG_MAIL | priority, "%s", $0) }
    }
    guard LibmilterProcess.shared.isDebugging else { return }
    let text = line + "\n"
    fputs(text, stdout)
    fflush(stdout)
  }
}
