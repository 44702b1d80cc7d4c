package import MilterSystem

extension MilterLog {
  private static let lastServers = SystemMutex(MilterLog())

  /// The log of the last server that was created.
  package static var ofProcess: MilterLog {
    get { lastServers.withLock { $0 } }
    set { lastServers.withLock { $0 = newValue } }
  }

  /// Writes a line to standard error, with one system call.
  public static let standardError: @Sendable (MilterLogLevel, String) -> Void = { level, line in
    StandardStream.error.print("\(level.name): \(line)\n")
  }

  /// Writes a line to syslog, facility mail.
  ///
  /// The name of the program comes from `openlog()`, which the program itself calls. In filters that run with
  /// ``MilterBase/main()``, it is ``MilterBase/name``, with the process ID.
  public static let syslog: @Sendable (MilterLogLevel, String) -> Void = syslog(.mail)

  /// Writes a line to syslog with a facility.
  package static func syslog(
    _ facility: SyslogFacility
  ) -> @Sendable (MilterLogLevel, String) -> Void {
    { level, line in SystemLog.write(line, facility, level.priority) }
  }

  /// Sets the name of the process in syslog; the name is kept forever, as `openlog()` requires.
  package static func openSyslog(as name: String, facility: SyslogFacility) {
    SystemLog.name(name, facility)
  }
}

extension MilterLogLevel {
  /// The level in syslog.
  var priority: SyslogPriority {
    switch self {
    case .error: .error
    case .warning: .warning
    case .notice: .notice
    case .info: .info
    case .debug: .debug
    }
  }
}
