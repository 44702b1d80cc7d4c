package import MilterSystem

extension MilterLog {
  private static let lastServers = SystemMutex(MilterLog())

  /// The log of the server for which a filter is being made.
  @TaskLocal package static var making: MilterLog?

  /// The log of the server that was made last.
  package static var ofProcess: MilterLog {
    get { lastServers.withLock { $0 } }
    set { lastServers.withLock { $0 = newValue } }
  }

  /// Writes a line to standard error, in one piece.
  public static let standardError: @Sendable (MilterLogLevel, String) -> Void = { level, line in
    StandardStream.error.print("\(level.name): \(line)\n")
  }

  /// Writes a line to syslog, facility mail.
  ///
  /// The program's name in it is that of `openlog()`, which is the program's own to call; filters
  /// that run by ``MilterBase/main()`` are called by their ``MilterBase/name``, with the process id.
  public static let syslog: @Sendable (MilterLogLevel, String) -> Void = syslog(.mail)

  /// Writes a line to syslog with a facility.
  package static func syslog(
    _ facility: SyslogFacility
  ) -> @Sendable (MilterLogLevel, String) -> Void {
    { level, line in SystemLog.write(line, facility, level.priority) }
  }

  /// Names the process in syslog; the name is kept for ever, as `openlog()` demands.
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
