import MilterCommandLine
import MilterRuntime
import MilterSystem

/// A filter program with `--workers`: it opens the sockets, and starts itself again for each worker.
///
/// With `--user`, it gives up its privileges after it has opened the sockets, as each worker does. If the
/// filter overrides ``MilterBase/prepareAsRoot()``, it keeps them, so that workers that are started later can
/// call the method.
struct ProgramSupervisor {
  private let type: MilterBase.Type
  private let options: ProgramOptions
  private let arguments: [String]

  init(_ type: MilterBase.Type, _ options: ProgramOptions, _ arguments: [String]) {
    self.type = type
    self.options = options
    self.arguments = arguments
  }

  /// Serves until a signal stops it.
  ///
  /// - Parameter count: The number of workers.
  /// - Returns: The exit status.
  /// - Throws: An error if the settings are wrong, or if a socket or the pidfile cannot be created.
  func run(_ count: Int) throws -> Int32 {
    // The path is determined now, because the file may be replaced later.
    let program = try ProgramFile.path()
    let credentials = try options.user.map { try ProcessCredentials(parsing: $0) }
    var configuration = options.configuration
    options.log.open(&configuration.log, as: type.name, facility: options.syslogFacility)
    options.addPages(to: &configuration, of: type.name)
    // A reload changes the level.
    configuration.log.threshold = LogThreshold(configuration.log.level)
    try Program.preparing { try type.checkSettings() }
    let supervisor = try Supervisor(
      sockets: options.sockets, configuration: configuration,
      plan: SupervisorPlan(
        program: program, arguments: CommandLine.arguments, count: count, name: type.name,
        rights: rights(credentials), settings: settings))
    try options.warnOfSockets(in: configuration.log)
    let pidfile: Pidfile?
    do {
      pidfile = try options.pidfile.map { try Pidfile($0, user: credentials?.user) }
    } catch {
      supervisor.close()
      throw error
    }
    defer { pidfile?.remove() }
    if let credentials {
      if type.preparesAsRoot {
        configuration.log.notice(
          "the supervisor keeps its privileges, since each worker of \(type.name) has something to do before it "
            + "becomes user \(credentials.userName)")
      } else {
        do {
          try credentials.drop()
        } catch {
          supervisor.close()
          throw error
        }
      }
    }
    return try supervisor.run()
  }

  /// The effect of `--user` on the workers.
  private func rights(_ credentials: ProcessCredentials?) -> WorkerRights {
    guard let credentials, let user = options.user else { return .keep }
    return type.preparesAsRoot ? .drop(user) : .dropped(credentials.user)
  }

  /// Reads the current settings.
  private var settings: @Sendable () throws -> MilterConfiguration {
    { [type, arguments, former = options.given] in
      try ProgramOptions.again(
        arguments, own: type.programOptions, name: type.name,
        environment: ServiceManager.environment, former: former
      ).options.configuration
    }
  }
}
