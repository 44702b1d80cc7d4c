import MilterCommandLine
package import MilterPlay

/// The command line of a filter program.
package struct ProgramOptions {
  /// What the program is asked to do.
  package enum Task: Equatable {
    case serve
    /// To play the messages in these files.
    case tryMessages([String])
    case help
    case version
  }

  package var task = Task.serve
  package var sockets: [String] = []
  package var configuration = MilterConfiguration()
  /// Whether the log goes to syslog and not to standard error.
  package var logsToSyslog = false
  package var metricsFile: String?
  /// Whether the log's level is the user's wish and not the default.
  package var isLogLevelGiven = false
  package var user: String?
  package var pidfile: String?
  /// How messages are played with `--try`.
  package var play = PlayOptions()
  /// The names of the filter-specific options on the command line.
  private var given: Set<String> = []

  private static let serving = OptionTable<Self>([
    .init(
      "socket", "SPEC",
      "listen on inet:PORT@HOST, inet6:PORT@HOST, unix:PATH or fd:N; repeatable; default: the "
        + "sockets that systemd hands over; -p SPEC is the same", letter: "p"
    ) { $0.sockets.append($1) },
    .init(
      "try", "FILE ...",
      "play messages through the filter, print what it would do, and exit; see below"
    ) { $0.task = .tryMessages([$1]) },
    .init(
      "timeout", "SECONDS",
      "close connections whose MTA is silent for so long; default 7210"
    ) {
      $0.configuration.timeout = .seconds(try UsageError.number($1, "timeout", 1...Int(Int32.max)))
    },
    .init(
      "negotiation-timeout", "SECONDS",
      "close connections that have not negotiated SECONDS after they began; default 60"
    ) {
      $0.configuration.negotiationTimeout = .seconds(
        try UsageError.number($1, "negotiation-timeout", 1...Int(Int32.max)))
    },
    .init(
      "backlog", "N",
      "connections the system holds back; default 128"
    ) { $0.configuration.backlog = try UsageError.number($1, "backlog", 1...Int(Int32.max)) },
    .init(
      "socket-mode", "MODE",
      "mode of unix sockets in octal; default: 660 with a group, else what the umask leaves"
    ) {
      guard let mode = UInt16($1, radix: 8), mode <= 0o777 else {
        throw UsageError("--socket-mode \($1): not an octal mode such as 660")
      }
      $0.configuration.socketMode = mode
    },
    .init("socket-group", "GROUP", "group of unix sockets, whose members may connect") {
      $0.configuration.socketGroup = $1
    },
    .init(
      "user", "NAME[:GROUP]",
      "once the sockets are open, become this user"
    ) { $0.user = $1 },
    .init("pidfile", "FILE", "write the process's number there") {
      $0.pidfile = try UsageError.path($1, "pidfile")
    },
    .init(
      "drain", "SECONDS",
      "after SIGTERM, give messages under way so long to end; default 30"
    ) { $0.configuration.drain = .seconds(try UsageError.number($1, "drain", 0...Int(Int32.max))) },
    .init(
      "max-connections", "N",
      "serve at most so many at a time, the others wait; default: no limit"
    ) {
      $0.configuration.maxConnections = try UsageError.number(
        $1, "max-connections", 1...Int(Int32.max))
    },
    .init("max-threads", "N", "run callbacks on at most this many threads; default 4096") {
      $0.configuration.maxThreads = try UsageError.number($1, "max-threads", 1...1_000_000)
    },
    .init("stack-size", "KIB", "the stack of each of these threads in KiB; default 8192") {
      $0.configuration.stackSize = try UsageError.number($1, "stack-size", 64...1_048_576) << 10
    },
    .init(
      "linger", "MILLISECONDS",
      "keep a thread this long with a silent connection; default 100"
    ) {
      $0.configuration.linger = .milliseconds(
        try UsageError.number($1, "linger", 0...Int(Int32.max)))
    },
    .init(
      "callback-timeout", "[STAGE=]SECONDS",
      "answer for a callback, or that of a stage such as eom, after so long; repeatable"
    ) { try $0.setCallbackTimeout($1) },
    .init(
      "callback-fallback", "VERDICT",
      "what is answered then: accept, reject, discard or tempfail; default tempfail"
    ) { try $0.setCallbackFallback($1) },
    .init(
      "on-error", "ANSWER",
      "answer for a callback that fails: tempfail, accept, reject or shutdown; default tempfail"
    ) { options, text in
      guard let answer = MilterErrorAnswer(rawValue: text) else {
        let names = MilterErrorAnswer.allCases.map(\.rawValue).joined(separator: ", ")
        throw UsageError("--on-error \(text): not one of \(names)")
      }
      options.configuration.onError = answer
    },
    .init(
      "shadow", nil, "run the filter, but change and refuse nothing; log and count what it would do"
    ) { options, _ in options.configuration.shadow = true },
    .init(
      "keepalive", "SECONDS",
      "while a callback runs, tell the MTA as often to be patient, where it understands that"
    ) {
      $0.configuration.keepalive = .seconds(
        try UsageError.number($1, "keepalive", 1...Int(Int32.max)))
    },
    .init("log", "WHERE", "log to stderr or syslog, facility mail; default stderr") {
      options, text in
      switch text {
      case "stderr": options.logsToSyslog = false
      case "syslog": options.logsToSyslog = true
      default: throw UsageError("--log \(text): not one of stderr, syslog")
      }
    },
    .init(
      "log-level", "LEVEL",
      "error, warning, notice, info or debug; default notice"
    ) { options, text in
      guard let level = MilterLogLevel.allCases.first(where: { $0.name == text }) else {
        let names = MilterLogLevel.allCases.map(\.name).joined(separator: ", ")
        throw UsageError("--log-level \(text): not one of \(names)")
      }
      options.configuration.log.level = level
      options.isLogLevelGiven = true
    },
    .init(
      "metrics", "FILE", "write statistics there for Prometheus, such as DIR/NAME.prom"
    ) { $0.metricsFile = try UsageError.path($1, "metrics") },
    .init("help", nil, "print this", letter: "h") { options, _ in options.task = .help },
    .init("version", nil, "print the version") { options, _ in options.task = .version },
  ])

  private static let trying =
    OptionTable<Self>([
      .init("try-output", "FILE", "write the one resulting message") {
        $0.play.outputFile = $1
      }
    ]) + PlayOptions.table.applied(to: \.play)

  /// Reads a command line.
  ///
  /// - Parameters:
  ///   - arguments: all of them, the program's name first.
  ///   - own: the filter's own options, which take what is theirs.
  /// - Throws: `UsageError`; `OwnOptions.Mistake` if the filter's author chose a name that cannot be.
  package init(_ arguments: [String], own: [any MilterProgramOption] = []) throws {
    let common = Self.serving + Self.trying
    try OwnOptions(own).check(against: common.names)
    let operands = try (common + Self.table(of: own)).read(arguments, into: &self)
    if case .tryMessages(let files) = task {
      task = .tryMessages(files + operands)
    } else if let extra = operands.first {
      throw UsageError("\(extra): unexpected argument")
    }
    if task == .serve, sockets.isEmpty { sockets = MilterServer.inheritedSockets() }
    if task == .serve, sockets.isEmpty {
      throw UsageError("nothing to do: give --socket SPEC or --try FILE")
    }
    if task != .help, task != .version { try OwnOptions(own).checkPresence(of: given) }
  }

  private static func table(of own: [any MilterProgramOption]) -> OptionTable<Self> {
    OptionTable(
      own.map { option in
        .init(option.name, option.argument, option.help) { options, text in
          options.given.insert(option.name)
          do {
            try option.take(text)
          } catch let error as UsageError {
            throw error
          } catch {
            throw UsageError("--\(option.name) \(text): \(error)")
          }
        }
      })
  }

  /// The options, one a line, the filter's own first.
  package static func help(own: [any MilterProgramOption]) -> String {
    """
    \(own.isEmpty ? "" : table(of: own).help + "\n\n")\(serving.help)

    With --try, where each FILE is a message, a directory, an mbox file, or - for standard input:

    \(trying.help)
    """
  }
}
