/// A filter's own option on its program's command line and in its configuration file; see
/// ``MilterBase/programOptions``.
///
/// Its name must differ from the names of the options of every filter. Otherwise the program does not start.
///
/// A ``MilterSetting`` is an option with a value. Other types can, for example, collect the arguments of a
/// repeatable option.
public protocol MilterProgramOption: Sendable {
  /// The option's name without the dashes.
  var name: String { get }
  /// The name of the option's argument in `--help`; `nil` for an option without an argument.
  var argument: String? { get }
  /// The purpose of the option, on one line.
  var help: String { get }

  /// Whether the program must not start without the option; `false` by default.
  var isRequired: Bool { get }

  /// The default value in the form of an argument; `nil`, the default, for an option without one. `--help` and `--check`
  /// print it.
  var defaultText: String? { get }

  /// Whether the option is repeatable, so that several values count together; `true` by default.
  var isRepeatable: Bool { get }

  /// Whether a new value in the configuration file applies to new connections at SIGHUP. By default it is
  /// `false`: the log reports that the option has changed, and the value applies after a restart.
  var isReloadable: Bool { get }

  /// Receives the option's argument, which is empty for an option without an argument.
  ///
  /// Called at the program's start, before anything is opened, for the command line, the environment, or the
  /// configuration file.
  /// - Throws: An error that describes the mistake in the argument. The program reports it and ends with status
  ///   64, or with status 78 if the argument is not from the command line.
  func take(_ text: String) throws

  /// Reads the arguments after a reload, without applying them yet.
  ///
  /// Called on SIGHUP if the option ``isReloadable``. If a setting is wrong, no change is made.
  /// - Parameter arguments: All arguments; empty if the option is no longer given.
  /// - Returns: A closure that applies the arguments to later connections.
  /// - Throws: An error that describes the mistake. The program logs it.
  func change(to arguments: [String]) throws -> @Sendable () -> Void
}

extension MilterProgramOption {
  /// `false`: the program starts without the option.
  public var isRequired: Bool { false }

  /// `nil`: there is no default.
  public var defaultText: String? { nil }

  /// `true`: the option is repeatable.
  public var isRepeatable: Bool { true }

  /// `false`: a change applies after a restart.
  public var isReloadable: Bool { false }

  /// Has no effect.
  public func change(to arguments: [String]) throws -> @Sendable () -> Void { {} }

  /// The option with a value that stays until the program is restarted.
  ///
  /// Use it for a value that is used only once, such as the path of a file that ``MilterBase/prepare()`` opens.
  /// If SIGHUP finds another value, the log reports that it applies after a restart.
  public var untilRestart: any MilterProgramOption { FixedOption(self) }
}
