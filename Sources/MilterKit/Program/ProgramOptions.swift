import MilterCommandLine
import MilterRuntime
import MilterSystem
package import MilterPlay

/// The command line of a filter program.
package struct ProgramOptions {
  /// The task that the command line selects.
  package enum Task: Equatable {
    case serve
    /// Print the settings.
    case check
    /// Play the messages in these files.
    case tryMessages([String])
    case help
    case version
  }

  package var task = Task.serve
  package var sockets: [String] = []
  package var configuration = MilterConfiguration()
  /// The destination of the log.
  var log = LogDestination.stderr
  var syslogFacility = SyslogFacility.mail
  package var metricsFile: String?
  var metricsSocket: String?
  /// The socket for `milter status`.
  var controlSocket: String?
  /// Whether the user has set the level of the log.
  package var isLogLevelGiven = false
  package var user: String?
  package var pidfile: String?
  /// The number of worker processes; `nil` without workers.
  package var workers: Int?
  /// The options of `--try`.
  package var play = PlayOptions()
  private static let trying =
    OptionTable<Self>([
      .init("try-output", "FILE", "write the one resulting message") {
        $0.play.outputFile = $1
      }
    ]) + PlayOptions.table.applied(to: \.play)

  /// The configuration file.
  package var configFile: String?
  /// The options that are in effect, each with the source of its value.
  private(set) var given: [OptionTable<Self>.Given] = []
  /// Whether the program is already running, so that its filter's own options keep their values for now.
  private let isAgain: Bool
  /// The values of the filter's options, by name.
  private var ownArguments: [String: [String]] = [:]

  /// Reads the command line, the environment, and the configuration file.
  ///
  /// If several of them set an option, the first one counts.
  ///
  /// - Parameters:
  ///   - arguments: All arguments, beginning with the program's name.
  ///   - own: The filter's own options, which get their arguments.
  ///   - name: The program's name, for variables of the environment.
  ///   - environment: Returns the value of a variable.
  ///   - inherited: Returns the sockets that the process has inherited.
  ///   - workerSockets: The sockets of a worker, which are all for MTAs; `nil` if the process is not a worker.
  /// - Throws: `UsageError`; `ConfigurationError`; `OwnOptions.Mistake` if the filter's author chose a name
  ///   that is not possible.
  package init(
    _ arguments: [String], own: [any MilterProgramOption] = [], name: String = "",
    environment: (String) -> String? = { _ in nil },
    inherited: () -> [String] = { MilterServer.inheritedSockets() },
    workerSockets: [String]? = nil
  ) throws {
    isAgain = false
    try OwnOptions(own).check(against: (Self.serving + Self.trying).names)
    let operands = try read(arguments, own, name, environment)
    if case .tryMessages(let files) = task {
      task = .tryMessages(files + operands)
    } else if let extra = operands.first {
      throw UsageError.unexpected(extra)
    }
    if task == .serve, sockets.isEmpty {
      sockets = workerSockets ?? inherited().filter { $0 != metricsSocket }
    }
    if task == .serve, sockets.isEmpty {
      throw UsageError("nothing to do: give --socket SPEC or --try FILE")
    }
    if task != .help, task != .version { try checkPresence(own) }
  }

  /// Reads the settings again while the program runs, without applying them.
  ///
  /// Options that apply only after a restart stay as they are.
  ///
  /// - Parameters:
  ///   - arguments: All arguments, beginning with the program's name.
  ///   - own: The filter's own options.
  ///   - name: The program's name, for variables of the environment.
  ///   - environment: Returns the value of a variable.
  ///   - former: The options with which the program was started.
  /// - Returns: The settings, and the names of changed options that apply after a restart.
  /// - Throws: `UsageError` and `ConfigurationError`.
  static func again(
    _ arguments: [String], own: [any MilterProgramOption], name: String,
    environment: (String) -> String?, former: [OptionTable<Self>.Given]
  ) throws -> (options: Self, changed: [String]) {
    var new = Self()
    _ = try new.read(arguments, own, name, environment)
    try new.checkPresence(own)
    func values(_ given: [OptionTable<Self>.Given], _ name: String) -> [String] {
      given.filter { $0.option.name == name }.map(\.argument)
    }
    let changed = (Self.table(of: own) + Self.serving).names(in: .process).filter {
      values(new.given, $0) != values(former, $0)
    }
    let given =
      former.filter { changed.contains($0.option.name) }
      + new.given.filter { !changed.contains($0.option.name) }
    new = Self()
    try new.apply(given)
    return (new, changed)
  }

  private init() { isAgain = true }

  /// The changes that apply the new values of the filter's options.
  func changes(of own: [any MilterProgramOption]) throws -> [@Sendable () -> Void] {
    try own.filter(\.isReloadable).map { try $0.change(to: ownArguments[$0.name] ?? []) }
  }

  private func checkPresence(_ own: [any MilterProgramOption]) throws {
    try OwnOptions(own).checkPresence(of: Set(ownArguments.keys))
  }

  /// Reads everything.
  ///
  /// - Returns: The arguments that are not options.
  private mutating func read(
    _ arguments: [String], _ own: [any MilterProgramOption], _ name: String,
    _ environment: (String) -> String?
  ) throws -> [String] {
    let table = Self.serving + Self.trying + Self.table(of: own)
    let (typed, operands) = try table.given(on: arguments)
    // `--help` must work even if an environment variable has an invalid value.
    let asksForText = typed.contains { ["help", "version"].contains($0.option.name) }
    let variables = asksForText ? [] : try table.given(in: environment, of: name)
    let before = OptionTable<Self>.effective([typed, variables])
    for given in before where given.option.name == "config" { try given.apply(to: &self) }
    let lines = try configFile.map { try table.given(in: SettingsFile($0)) } ?? []
    try apply(OptionTable<Self>.effective([typed, variables, lines]))
    return operands
  }

  private mutating func apply(_ given: [OptionTable<Self>.Given]) throws {
    self.given = given
    for given in given { try given.apply(to: &self) }
  }

  private static func table(of own: [any MilterProgramOption]) -> OptionTable<Self> {
    OptionTable(
      own.map { option in
        .init(
          option.name, option.argument, option.help, default: option.defaultText,
          scope: option.isReloadable ? .connection : .process, isRepeatable: option.isRepeatable
        ) { options, text in
          options.ownArguments[option.name, default: []].append(text)
          do {
            if !options.isAgain {
              try option.take(text)
            } else if option.isReloadable {
              _ = try option.change(to: [text])
            }
          } catch let error as UsageError {
            throw error
          } catch {
            throw UsageError("--\(option.name) \(text): \(error)")
          }
        }
      })
  }

  /// The settings that are in effect, as a configuration file.
  func listing(own: [any MilterProgramOption]) -> String {
    (Self.table(of: own) + Self.serving).listing(given)
  }

  /// The options, one on each line, with the filter's own options first.
  package static func help(own: [any MilterProgramOption], name: String = "NAME") -> String {
    let own = table(of: own)
    let names = (own + serving).names(in: .process).joined(separator: ", ")
    let fixed = OptionTable<Self>.wrapped(names + ".", to: 100).joined(separator: "\n")
    let variable = OptionTable<Self>.variable("log-level", of: name)
    return """
      \(own.names.isEmpty ? "" : own.help + "\n\n")\(serving.help)

      Settings are read from the command line, from variables of the environment such as
      \(variable) for --log-level, and from FILE of --config. The command line comes before the
      environment, and the environment before the file. SIGHUP reads the file again. Changes count for
      new connections; changes of these after a restart:
      \(fixed)

      With --try, where each FILE is a message, a directory, an mbox file, or - for standard input:

      \(trying.help)
      """
  }
}
