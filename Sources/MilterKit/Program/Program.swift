import CommandLineSupport
import MilterSockets

#if canImport(Darwin)
  @preconcurrency import Darwin
#elseif canImport(Musl)
  @preconcurrency import Musl
#else
  @preconcurrency import Glibc
#endif

/// A filter class as a program.
struct Program {
  /// The library's version.
  static let version = "0.1.0"

  private let type: Milter.Type

  init(_ type: Milter.Type) { self.type = type }

  /// Does what a command line says.
  ///
  /// - Returns: the exit status.
  func run(_ arguments: [String]) -> Int32 {
    do {
      let options = try ProgramOptions(arguments, own: type.programOptions)
      switch options.task {
      case .help:
        print(help(arguments.first ?? type.name))
        return 0
      case .version:
        print("\(type.name) (swift-milter \(Self.version))")
        return 0
      case .serve:
        try serve(options)
        return 0
      case .tryMessage(let file):
        try type.prepare()
        return try TryCommand(type, options).run(file: file)
      }
    } catch let error as UsageError {
      complain("\(error); see --help")
      return UsageError.status
    } catch {
      complain("\(error)")
      return 1
    }
  }

  private func serve(_ options: ProgramOptions) throws {
    let type = type
    let credentials = try options.user.map { try ProcessCredentials(parsing: $0) }
    var configuration = options.configuration
    if options.logsToSyslog {
      MilterLog.openSyslog(as: type.name)
      configuration.log.write = MilterLog.syslog
    }
    configuration.metrics = options.metricsFile.map { MilterMetrics(file: $0, filter: type.name) }
    configuration.reload = { try type.reload() }
    let server = try MilterServer(
      sockets: options.sockets, configuration: configuration
    ) { type.init() }
    try server.open()
    let pidfile = try options.pidfile.map { try Pidfile($0) }
    defer { pidfile?.remove() }
    do {
      try credentials?.drop()
      try type.prepare()
    } catch {
      server.stop()
      throw error
    }
    try server.run()
  }

  private func help(_ program: String) -> String {
    let program = program.split(separator: "/").last.map(String.init) ?? program
    return """
      usage: \(program) --socket SPEC [OPTION ...]
             \(program) --try FILE [OPTION ...]

      \(type.name), a mail filter for Sendmail and Postfix.

      \(ProgramOptions.help(own: type.programOptions))

      With --try the exit status is the verdict: 0 accept, 10 reject, 11 tempfail, 12 discard,
      13 quarantine, 14 disconnect, 20 the filter broke the protocol. Otherwise 64 is a wrong command line and
      1 any other failure.

      Sendmail: INPUT_MAIL_FILTER(`\(type.name)', `S=inet:8891@127.0.0.1, F=T')
      Postfix:  smtpd_milters = inet:127.0.0.1:8891
      """
  }

  private func complain(_ text: String) {
    fputs("\(type.name): \(text)\n", stderr)
  }
}
