import MilterCommandLine
import MilterRuntime
import MilterSystem

/// A filter class as a program.
package struct Program {
  /// The library's version.
  package static let version = "0.1.0"

  private let type: MilterBase.Type

  /// Creates the program of a class.
  package init(_ type: MilterBase.Type) { self.type = type }

  /// Runs the program with a command line.
  ///
  /// - Returns: The exit status.
  package func run(_ arguments: [String]) -> Int32 {
    ProgramRun.status(of: type.name) {
      guard arguments.contains("--check") else { return try follow(arguments) }
      do {
        return try follow(arguments)
      } catch let error as UsageError {
        throw ConfigurationError(error.description)
      }
    }
  }

  private func follow(_ arguments: [String]) throws -> Int32 {
    let worker = try WorkerStart.take()
    let options = try ProgramOptions(
      arguments, own: type.programOptions, name: type.name, environment: ServiceManager.environment,
      workerSockets: worker?.sockets)
    try checkWorkers(options)
    switch options.task {
    case .help: try StandardOutput.put(help(arguments.first ?? type.name, options) + "\n")
    case .version: try StandardOutput.put("\(type.name) (swift-milter \(Self.version))\n")
    case .check:
      try Self.preparing { try type.checkSettings() }
      try StandardOutput.put(options.listing(own: type.programOptions) + "\n")
    case .serve:
      if worker == nil, let count = options.workers {
        return try ProgramSupervisor(type, options, arguments).run(count)
      }
      try serve(options, arguments, worker)
    case .tryMessages(let files):
      return try TryCommand(type, options).run(files: files) {
        try Self.preparing {
          try type.checkSettings()
          try type.prepareAsRoot()
          try type.prepare()
        }
      }
    }
    return 0
  }

  private func checkWorkers(_ options: ProgramOptions) throws(UsageError) {
    guard let count = options.workers, let most = type.maxWorkers, count > most else { return }
    throw UsageError(
      "--workers \(count): \(type.name) keeps what it knows in one process; give --workers \(most)")
  }

  private func serve(
    _ options: ProgramOptions, _ arguments: [String], _ worker: WorkerStart?
  ) throws {
    let type = type
    try worker?.rights.check()
    // For a worker, this is the user with which the supervisor was started.
    let user = worker.map(\.rights.user) ?? options.user
    let credentials = try user.map { try ProcessCredentials(parsing: $0) }
    var configuration = options.configuration
    options.log.open(
      &configuration.log, as: type.name, facility: options.syslogFacility, worker: worker?.number)
    if let worker {
      configuration.worker = try worker.openLink()
      // The supervisor adds the counters of all workers.
      configuration.timesCallbacks = options.metricsFile != nil || options.metricsSocket != nil
    } else {
      options.addPages(to: &configuration, of: type.name)
    }
    // A reload changes the level for everything that writes to the log.
    configuration.log.threshold = LogThreshold(configuration.log.level)
    configuration.prepare = { [log = configuration.log, shadow = configuration.shadow] in
      try Self.preparing { try type.prepare() }
      // The report is the same for all workers, so only the first one writes it.
      if worker?.turn ?? 1 == 1 { CallbackReport(type).write(to: log) }
      if shadow {
        log.notice("\(type.name): \(ProgramReload.noteOfShadow(true))")
      }
    }
    let epoch = SettingsEpoch()
    configuration.epoch = epoch
    epoch.begin()
    let reload = ProgramReload(type, arguments, options, log: configuration.log)
    configuration.reload = { try reload.run() }
    try Self.preparing { try type.checkSettings() }
    let sockets = worker?.sockets ?? options.sockets
    let server = try MilterServer(
      sockets: sockets, configuration: configuration
    ) { type.init() }
    reload.attach(to: server)
    // The signals stay blocked until the process ends, so that a late signal cannot prevent the removal of the
    // pidfile.
    SignalMask.blockProgramSignals()
    if worker == nil { try options.warnOfSockets(in: configuration.log) }
    try server.open()
    // This has no effect after the server has run.
    defer { server.stop() }
    let path = worker == nil ? options.pidfile : nil
    let pidfile = try path.map { try Pidfile($0, user: credentials?.user) }
    defer { pidfile?.remove() }
    try Self.preparing { try type.prepareAsRoot() }
    try credentials?.drop()
    try server.run()
  }

  static func preparing(_ step: () throws -> Void) throws {
    do {
      try step()
    } catch let error as MilterUsageError {
      throw UsageError(error.description)
    }
  }

  /// The lines for both MTAs, with the socket of the command line.
  private func lines(_ options: ProgramOptions) -> String {
    let given = options.sockets.first.flatMap { try? MTASocket($0) }
    guard let socket = try? given ?? MTASocket("inet:8891@127.0.0.1") else { return "" }
    var wish = MTALineWish(socket, name: type.name)
    wish.timeouts = options.configuration.mtaTimeouts(type.answerTime)
    let postfix = wish.postfix(queueDirectory: "/var/spool/postfix")
    return "Sendmail: \(wish.sendmail)\nPostfix:  " + postfix.joined(separator: "\n          ")
  }

  private func help(_ program: String, _ options: ProgramOptions) -> String {
    let program = program.split(separator: "/").last.map(String.init) ?? program
    return """
      usage: \(program) --socket SPEC [OPTION ...]
             \(program) --try FILE ... [OPTION ...]

      \(type.name), a mail filter for Sendmail and Postfix.

      \(ProgramOptions.help(own: type.programOptions, name: type.name))

      With --try the exit status is the verdict, of several messages the highest: 0 accept,
      10 reject, 11 tempfail, 12 discard, 13 quarantine, 14 disconnect, 20 the filter broke the
      protocol, and with --twice 21 if the filter behaves differently the second time. Otherwise 64 is
      a wrong command line, 78 a wrong configuration, and 1 any other failure.

      \(lines(options))
      """
  }
}
