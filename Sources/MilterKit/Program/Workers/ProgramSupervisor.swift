import MilterCommandLine
import MilterRuntime
import MilterSystem

/// A filter's program with `--workers`: it opens the sockets, and starts itself again for each worker.
///
/// With `--user` it stays what it was started as, so that each worker can do what needs privileges in
/// ``MilterBase/prepareAsRoot()`` before it gives them up.
struct ProgramSupervisor {
  private let type: MilterBase.Type
  private let options: ProgramOptions

  init(_ type: MilterBase.Type, _ options: ProgramOptions) {
    self.type = type
    self.options = options
  }

  /// Serves until it is told to stop.
  ///
  /// - Parameter count: the number of workers.
  /// - Returns: the exit status.
  /// - Throws: if the settings are wrong, or a socket or the pidfile cannot be made.
  func run(_ count: Int) throws -> Int32 {
    // Now, since the file may be replaced later.
    let program = try ProgramFile.path()
    var configuration = options.configuration
    options.log.open(&configuration.log, as: type.name, facility: options.syslogFacility)
    options.addPages(to: &configuration, of: type.name)
    try Program.preparing { try type.checkSettings() }
    let supervisor = try Supervisor(
      sockets: options.sockets, configuration: configuration,
      plan: SupervisorPlan(
        program: program, arguments: CommandLine.arguments, count: count, name: type.name))
    try options.warnOfSockets(in: configuration.log)
    let pidfile: Pidfile?
    do {
      pidfile = try options.pidfile.map { try Pidfile($0) }
    } catch {
      supervisor.close()
      throw error
    }
    defer { pidfile?.remove() }
    return try supervisor.run()
  }
}

extension ProgramOptions {
  /// Has the statistics written and served, and `milter status` answered, where the options say.
  func addPages(to configuration: inout MilterConfiguration, of name: String) {
    configuration.metrics = metricsFile.map { MilterMetrics(file: $0, filter: name) }
    configuration.metricsListener = metricsSocket.map {
      MilterMetricsListener(socket: $0, filter: name)
    }
    configuration.control = controlSocket.map { MilterControlSocket(socket: $0, filter: name) }
  }

  /// Warns of sockets that MTAs may not reach as they are written.
  func warnOfSockets(in log: MilterLog) throws {
    for socket in sockets {
      guard let warning = try SocketSpec(socket).listeningWarning else { continue }
      log.warning(warning)
    }
  }
}
