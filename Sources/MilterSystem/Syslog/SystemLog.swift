import MilterPlatform

/// The system log.
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

  /// Sets the name of the process in later lines; the name is kept forever, as `openlog()` requires.
  package static func name(_ name: String, _ facility: SyslogFacility) {
    openlog(strdup(name), LOG_PID, facility.number)
  }
}
