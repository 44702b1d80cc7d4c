import MilterCommandLine
import MilterRuntime
import MilterSystem

extension ProgramOptions {
  /// The options of every filter.
  static let serving: OptionTable<Self> = (sockets + limits) + (logs + program)

  private static let sockets = OptionTable<Self>([
    .init(
      "socket", "SPEC",
      "listen on inet:PORT@HOST, inet6:PORT@HOST, unix:PATH or fd:N; repeatable; default: the "
        + "sockets that systemd hands over; -p SPEC is the same", letter: "p", scope: .process,
      isRepeatable: true
    ) {
      options, text in
      try Self.reading { _ = try SocketSpec(text) }
      options.sockets.append(text)
    },
    .init(
      "try", "FILE ...",
      "play messages through the filter, print what it would do, and exit; see below"
    ) { $0.task = .tryMessages([$1]) },
    .init(
      "timeout", "SECONDS",
      "close a connection after this much silence", default: "7210", scope: .connection
    ) {
      $0.configuration.timeout = .seconds(try UsageError.number($1, "timeout", 1...Int(Int32.max)))
    },
    .init(
      "negotiation-timeout", "SECONDS",
      "close a connection that has not negotiated after SECONDS", default: "60",
      scope: .connection
    ) {
      $0.configuration.negotiationTimeout = .seconds(
        try UsageError.number($1, "negotiation-timeout", 1...Int(Int32.max)))
    },
    .init(
      "backlog", "N",
      "the maximum number of connections in the system's queue", default: "128", scope: .process
    ) { $0.configuration.backlog = try UsageError.number($1, "backlog", 1...Int(Int32.max)) },
    .init(
      "socket-mode", "MODE",
      "mode of Unix-domain sockets in octal; default: 660 with a group, otherwise by the umask",
      scope: .process
    ) { $0.configuration.socketMode = try UsageError.mode($1, "socket-mode") },
    .init(
      "socket-group", "GROUP", "group of Unix-domain sockets; members may connect", scope: .process
    ) { options, text in
      try Self.reading { try ProcessCredentials.checkGroup(text) }
      options.configuration.socketGroup = text
    },
    .init(
      "user", "NAME[:GROUP]",
      "become this user after the sockets are open", scope: .process
    ) { options, text in
      try Self.reading { _ = try ProcessCredentials(parsing: text) }
      options.user = text
    },
    .init(
      "workers", "N",
      "serve in N worker processes and restart those that crash; default: serve in this process",
      scope: .process
    ) { $0.workers = try UsageError.number($1, "workers", 1...Self.mostWorkers) },
    .init("pidfile", "FILE", "write the process ID to FILE", scope: .process) {
      $0.pidfile = try UsageError.path($1, "pidfile")
    },
  ])

  /// No machine needs more workers.
  private static let mostWorkers = 512

  private static let limits = OptionTable<Self>([
    .init(
      "drain", "SECONDS",
      "after SIGTERM, wait SECONDS for messages in flight", default: "30", scope: .connection
    ) { $0.configuration.drain = .seconds(try UsageError.number($1, "drain", 0...Int(Int32.max))) },
    .init(
      "max-connections", "N",
      "the maximum number of connections; others wait; default: no limit", scope: .connection
    ) {
      $0.configuration.maxConnections = try UsageError.number(
        $1, "max-connections", 1...Int(Int32.max))
    },
    .init(
      "max-threads", "N", "the maximum number of threads for callbacks", default: "4096",
      scope: .connection
    ) {
      $0.configuration.maxThreads = try UsageError.number($1, "max-threads", 1...1_000_000)
    },
    .init(
      "stack-size", "KIB", "stack size of each of these threads", default: "8192",
      scope: .process
    ) {
      $0.configuration.stackSize = try UsageError.number($1, "stack-size", 64...1_048_576) << 10
    },
    .init(
      "linger", "MILLISECONDS",
      "keep the thread of a silent connection for MILLISECONDS", default: "100", scope: .connection
    ) {
      $0.configuration.linger = .milliseconds(
        try UsageError.number($1, "linger", 0...Int(Int32.max)))
    },
    .init(
      "callback-timeout", "[CALLBACK=]SECONDS",
      "answer for every callback, or for one such as eom, after SECONDS; repeatable",
      scope: .connection, isRepeatable: true
    ) { try $0.setCallbackTimeout($1) },
    .init(
      "callback-fallback", "VERDICT",
      "the answer then: accept, reject, discard or tempfail", default: "tempfail",
      scope: .connection
    ) { try $0.setCallbackFallback($1) },
    .init(
      "on-error", "ANSWER",
      "answer for a callback that fails: tempfail, accept, reject or shutdown",
      default: "tempfail", scope: .connection
    ) { try $0.setErrorAnswer($1) },
    .init(
      "shadow", nil,
      "run the filter, but change and refuse nothing; log and count what it would do",
      scope: .connection
    ) { options, _ in options.configuration.shadow = true },
    .init(
      "keepalive", "SECONDS",
      "while a callback runs, send a progress packet every SECONDS to MTAs that accept it",
      scope: .connection
    ) {
      $0.configuration.keepalive = .seconds(
        try UsageError.number($1, "keepalive", 1...Int(Int32.max)))
    },
  ])

  private static let logs = OptionTable<Self>([
    .init(
      "log", "WHERE",
      "log to stderr (with fields if it is systemd's journal), to syslog, or as json: one object a "
        + "line on stderr", default: "stderr", scope: .process
    ) { try $0.setLog($1) },
    .init(
      "syslog-facility", "NAME",
      "syslog facility: mail, daemon, user, auth, authpriv, local0 to "
        + "local7", default: "mail", scope: .process
    ) { try $0.setFacility($1) },
    .init(
      "log-level", "LEVEL",
      "error, warning, notice, info or debug", default: "notice", scope: .connection
    ) { try $0.setLogLevel($1) },
    .init(
      "metrics", "FILE", "write statistics for Prometheus to FILE, such as DIR/NAME.prom",
      scope: .process
    ) { $0.metricsFile = try UsageError.path($1, "metrics") },
    .init(
      "metrics-listen", "SPEC",
      "serve statistics over HTTP: /metrics for Prometheus, and /healthz", scope: .process
    ) { try $0.setMetricsSocket($1) },
    .init(
      "control", "unix:PATH",
      "answer milter status there: what each connection is doing; for root and the user that "
        + "starts the filter", scope: .process
    ) { try $0.setControlSocket($1) },
  ])

  private static let program = OptionTable<Self>([
    .init(
      "config", "FILE",
      "read settings from FILE: lines KEY = VALUE with the names of options; SIGHUP reads it again",
      isInEnvironment: true
    ) {
      guard $1 != "-" else {
        throw UsageError("--config -: a file that can be read again is needed")
      }
      $0.configFile = try UsageError.path($1, "config")
    },
    .init(
      "check", nil,
      "read all settings, print them as a configuration file, open nothing, and exit with 0 or 78"
    ) { options, _ in options.task = .check },
    .init("help", nil, "print this", letter: "h") { options, _ in options.task = .help },
    .init("version", nil, "print the version") { options, _ in options.task = .version },
  ])

  private mutating func setErrorAnswer(_ text: String) throws {
    configuration.onError = try UsageError.word(text, "on-error")
  }

  private mutating func setLog(_ text: String) throws { log = try UsageError.word(text, "log") }

  private mutating func setFacility(_ text: String) throws {
    syslogFacility = try UsageError.word(text, "syslog-facility")
  }

  private mutating func setMetricsSocket(_ text: String) throws {
    try Self.reading { _ = try SocketSpec(text) }
    metricsSocket = text
  }

  private mutating func setControlSocket(_ text: String) throws {
    try Self.reading { _ = try MilterControlSocket(socket: text, filter: "").spec }
    controlSocket = text
  }

  private mutating func setLogLevel(_ text: String) throws {
    guard let level = MilterLogLevel.allCases.first(where: { $0.name == text }) else {
      let names = MilterLogLevel.allCases.map(\.name).joined(separator: ", ")
      throw UsageError("--log-level \(text): not one of \(names)")
    }
    configuration.log.level = level
    isLogLevelGiven = true
  }

  /// Reads a value with a name that the system knows, and converts errors to usage errors.
  static func reading(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as SocketError {
      throw UsageError("\(error)")
    } catch let error as AccountError {
      throw UsageError("\(error)")
    }
  }
}
