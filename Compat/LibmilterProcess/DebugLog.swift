import MilterRuntime
import MilterSystem

/// The destinations of the library's errors: syslog, and with `smfi_setdbg` also standard output.
package enum DebugLog {
  /// The engine's log; below debug level 1, it has only errors and warnings.
  static var log: MilterLog {
    var log = MilterLog(level: .info) { level, line in
      write(level <= .warning ? .error : .info, line)
    }
    log.isWritten = { $0 <= .warning || LibmilterProcess.shared.isDebugging }
    return log
  }

  private static func failure(_ function: StaticString, _ error: any Error) {
    guard LibmilterProcess.shared.isDebugging else { return }
    let reason = "\(error)"
    write(.info, reason.hasPrefix("\(function)") ? reason : "\(function): \(reason)")
  }

  /// Returns the result of a function: 0, which is `MI_SUCCESS`, or -1, `MI_FAILURE`, if `body` throws.
  ///
  /// At debug level 1 and above, the reason is logged.
  package static func result(of function: StaticString, _ body: () throws -> Void) -> Int32 {
    do {
      try body()
      return 0
    } catch {
      failure(function, error)
      return -1
    }
  }

  private static func write(_ priority: SyslogPriority, _ line: String) {
    SystemLog.write(line, .mail, priority)
    guard LibmilterProcess.shared.isDebugging else { return }
    StandardStream.output.print(line + "\n")
  }
}
