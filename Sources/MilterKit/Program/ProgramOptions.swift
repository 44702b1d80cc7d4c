@preconcurrency import CGetopt

#if canImport(Darwin)
  @preconcurrency import Darwin
#elseif canImport(Musl)
  @preconcurrency import Musl
#else
  @preconcurrency import Glibc
#endif

/// The command line of a filter program.
package struct ProgramOptions {
  /// What the program is asked to do.
  package enum Task: Equatable {
    case serve
    case tryMessage(file: String)
    case help
    case version
  }

  package var task = Task.serve
  package var sockets: [String] = []
  package var configuration = MilterConfiguration()
  /// Whether the log goes to syslog and not to standard error.
  package var logsToSyslog = false
  /// Whether the log's level is the user's wish and not the default.
  package var isLogLevelGiven = false
  package var user: String?
  package var pidfile: String?
  package var tryOutput: String?
  package var sender: String?
  package var recipients: [String] = []

  /// Why a command line cannot be followed.
  package struct UsageError: Error, CustomStringConvertible {
    package let description: String
  }

  /// One option: how it is written and explained, and what it does.
  private struct Option: Sendable {
    let name: String
    /// What the option's argument is called; nil for options without.
    let argument: String?
    let help: String
    let apply: @Sendable (inout ProgramOptions, String) throws -> Void
  }

  private static let options: [Option] = [
    Option(
      name: "socket", argument: "SPEC",
      help: "listen on inet:PORT@HOST, inet6:PORT@HOST, unix:PATH or fd:N; repeatable"
    ) { $0.sockets.append($1) },
    Option(
      name: "try", argument: "FILE",
      help: "play one message through the filter, print what it would do, and exit; - is stdin"
    ) { $0.task = .tryMessage(file: $1) },
    Option(name: "try-output", argument: "FILE", help: "with --try: write the resulting message") {
      $0.tryOutput = $1
    },
    Option(
      name: "from", argument: "ADDRESS",
      help: "with --try: the envelope's sender; default: from the message's headers"
    ) { $0.sender = $1 },
    Option(
      name: "rcpt", argument: "ADDRESS",
      help: "with --try: a recipient, repeatable; default: from the message's headers"
    ) { $0.recipients.append($1) },
    Option(
      name: "timeout", argument: "SECONDS",
      help: "close connections whose MTA is silent for so long; default 7210"
    ) { $0.configuration.timeout = .seconds(try number($1, "timeout", 1...Int(Int32.max))) },
    Option(
      name: "backlog", argument: "N", help: "connections the system holds back; default 128"
    ) { $0.configuration.backlog = try number($1, "backlog", 1...Int(Int32.max)) },
    Option(
      name: "socket-mode", argument: "MODE",
      help: "mode of unix sockets in octal, such as 660; default: what the umask leaves"
    ) {
      guard let mode = UInt16($1, radix: 8), mode <= 0o777 else {
        throw UsageError(description: "--socket-mode \($1): not an octal mode such as 660")
      }
      $0.configuration.socketMode = mode
    },
    Option(name: "socket-group", argument: "GROUP", help: "group of unix sockets") {
      $0.configuration.socketGroup = $1
    },
    Option(
      name: "user", argument: "NAME[:GROUP]",
      help: "once the sockets are open, become this user"
    ) { $0.user = $1 },
    Option(name: "pidfile", argument: "FILE", help: "write the process's number there") {
      $0.pidfile = $1
    },
    Option(
      name: "max-connections", argument: "N",
      help: "serve at most so many at a time, the others wait; default: no limit"
    ) { $0.configuration.maxConnections = try number($1, "max-connections", 1...Int(Int32.max)) },
    Option(
      name: "log", argument: "WHERE", help: "log to stderr or syslog, facility mail; default stderr"
    ) { options, text in
      switch text {
      case "stderr": options.logsToSyslog = false
      case "syslog": options.logsToSyslog = true
      default: throw UsageError(description: "--log \(text): not one of stderr, syslog")
      }
    },
    Option(
      name: "log-level", argument: "LEVEL",
      help: "error, warning, notice, info or debug; default notice"
    ) { options, text in
      guard let level = MilterLogLevel.allCases.first(where: { $0.name == text }) else {
        let names = MilterLogLevel.allCases.map(\.name).joined(separator: ", ")
        throw UsageError(description: "--log-level \(text): not one of \(names)")
      }
      options.configuration.log.level = level
      options.isLogLevelGiven = true
    },
    Option(name: "help", argument: nil, help: "print this") { options, _ in options.task = .help },
    Option(name: "version", argument: nil, help: "print the version") { options, _ in
      options.task = .version
    },
  ]

  private static func number(
    _ text: String, _ option: String, _ range: ClosedRange<Int>
  ) throws -> Int {
    guard let number = Int(text), range.contains(number) else {
      throw UsageError(
        description: "--\(option) \(text): not a number from \(range.lowerBound) to "
          + "\(range.upperBound)")
    }
    return number
  }

  /// Reads a command line with `getopt_long()`.
  ///
  /// - Parameter arguments: all of them, the program's name first.
  /// - Throws: ``UsageError``.
  package init(_ arguments: [String]) throws {
    var argv = arguments.map { strdup($0) } + [nil]
    defer { for pointer in argv { free(pointer) } }
    let names = Self.options.map { strdup($0.name) }
    defer { for name in names { free(name) } }
    var table: [option] = []
    for (index, option) in Self.options.enumerated() {
      let hasArgument = option.argument == nil ? no_argument : required_argument
      table.append(
        .init(
          name: names[index], has_arg: hasArgument, flag: nil, val: Int32(index) + 1))
    }
    table.append(option())  // ends the table
    // The messages are ours: getopt's go to standard error and cannot be tested.
    opterr = 0
    #if canImport(Darwin)
      optreset = 1
      optind = 1
    #else
      optind = 0  // forgets a command line that was read before
    #endif
    while true {
      let found = getopt_long(Int32(arguments.count), &argv, ":h", table, nil)
      if found == -1 { break }
      switch found {
      case Int32(UInt8(ascii: "h")): task = .help
      case Int32(UInt8(ascii: ":")):
        throw UsageError(description: "\(culprit(argv)) needs an argument")
      case 1...Int32(Self.options.count):
        let argument = optarg.map { String(cString: $0) } ?? ""
        try Self.options[Int(found) - 1].apply(&self, argument)
      default: throw UsageError(description: "\(culprit(argv)): no such option")
      }
    }
    if Int(optind) < arguments.count, let extra = argv[Int(optind)] {
      throw UsageError(description: "\(String(cString: extra)): unexpected argument")
    }
    if task == .serve, sockets.isEmpty {
      throw UsageError(description: "nothing to do: give --socket SPEC or --try FILE")
    }
  }

  /// What getopt stumbled over, as it was written.
  ///
  /// Arguments that are no options have been moved behind it, so its place tells nothing before.
  private func culprit(_ argv: [UnsafeMutablePointer<CChar>?]) -> String {
    // A letter, which may be one of several behind a dash; long options have small numbers.
    if let letter = UInt8(exactly: optopt), Unicode.Scalar(letter).properties.isAlphabetic {
      return "-\(Unicode.Scalar(letter))"
    }
    let index = Int(optind) - 1
    guard argv.indices.contains(index), let text = argv[index] else { return "" }
    return String(cString: text)
  }

  /// The options, one a line.
  static var help: String {
    options.map { option in
      let left = "--\(option.name)" + (option.argument.map { " " + $0 } ?? "")
      let gap = String(repeating: " ", count: max(1, 26 - left.count))
      return "  \(left)\(gap)\(option.help)"
    }.joined(separator: "\n")
  }
}
