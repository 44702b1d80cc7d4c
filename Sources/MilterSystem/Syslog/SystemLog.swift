import MilterPlatform

/// Syslog.
package enum SystemLog {
  /// Writes a line.
  ///
  /// The corresponding C function is `vsyslog`.
  package static func write(
    _ line: String, _ facility: SyslogFacility, _ priority: SyslogPriority
  ) {
    line.withCString { text in
      withVaList([text]) { vsyslog(facility.number | priority.rawValue, "%s", $0) }
    }
  }

  /// Names the process in the lines that follow; the name is kept for ever, as `openlog()` demands.
  package static func name(_ name: String, _ facility: SyslogFacility) {
    openlog(strdup(name), LOG_PID, facility.number)
  }
}
