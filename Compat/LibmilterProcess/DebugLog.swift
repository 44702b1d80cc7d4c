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

  /// Logs why a function failed, at debug level 1 and above.
  package static func failure(_ function: StaticString, _ error: any Error) {
    guard LibmilterProcess.shared.isDebugging else { return }
    let reason = "\(error)"
    write(.info, reason.hasPrefix("\(function)") ? reason : "\(function): \(reason)")
  }

  /// Returns whether `body` succeeds; why it fails is logged as ``failure(_:_:)`` does.
  package static func succeeds(_ function: StaticString, _ body: () throws -> Void) -> Bool {
    do {
      try body()
      return true
    } catch {
      failure(function, error)
      return false
    }
  }

  private static func write(_ priority: SyslogPriority, _ line: String) {
    SystemLog.write(line, .mail, priority)
    guard LibmilterProcess.shared.isDebugging else { return }
    StandardStream.output.print(line + "\n")
  }
}
