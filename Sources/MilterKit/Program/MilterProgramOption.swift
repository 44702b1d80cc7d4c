/// A filter's own option on its program's command line and in its configuration file; see
/// ``MilterBase/programOptions``.
///
/// Its name must differ from the names of the options that every filter has; the program refuses to
/// start otherwise.
///
/// ``MilterSetting`` is one for a value. Other types can do anything with what they are given, for
/// example collect the arguments of an option that may be repeated.
public protocol MilterProgramOption: Sendable {
  /// The option's name, without the dashes.
  var name: String { get }
  /// The name of the option's argument in `--help`; nil for an option without an argument.
  var argument: String? { get }
  /// The purpose of the option, on one line.
  var help: String { get }

  /// Whether the program must not start without the option; `false` by default.
  var isRequired: Bool { get }

  /// The value that counts if the option is not given, as it would be given; `nil`, the default, if there
  /// is no such value. `--help` and `--check` print it.
  var defaultText: String? { get }

  /// Whether several values count together, so that a configuration file may have the option more than
  /// once; `true` by default.
  var isRepeatable: Bool { get }

  /// Whether a new value in the configuration file applies to new connections at SIGHUP. By default it is
  /// `false`: the log reports that the option has changed, and the value applies after a restart.
  var isReloadable: Bool { get }

  /// Takes the option's argument, which is empty for options without.
  ///
  /// Called as the program starts, before anything is opened, for the command line, the environment, or
  /// the configuration file.
  /// - Throws: what is wrong with the argument; the program reports it and ends with status 64, or with
  ///   status 78 if it is not from the command line.
  func take(_ text: String) throws

  /// Reads the arguments that a reload found, of which there may be none, without any effect yet.
  ///
  /// Called on SIGHUP if the option ``isReloadable``. If a setting is wrong, no change is made.
  /// - Parameter arguments: all of them; none if the option is no longer given.
  /// - Returns: what makes them count for connections that come later.
  /// - Throws: what is wrong with them; the log has it.
  func change(to arguments: [String]) throws -> @Sendable () -> Void
}

extension MilterProgramOption {
  /// `false`: the program starts without the option.
  public var isRequired: Bool { false }

  /// `nil`: there is no default.
  public var defaultText: String? { nil }

  /// `true`: several values count together.
  public var isRepeatable: Bool { true }

  /// `false`: a change counts after a restart.
  public var isReloadable: Bool { false }

  /// Changes nothing.
  public func change(to arguments: [String]) throws -> @Sendable () -> Void { {} }

  /// The same option, with a value that stays until the program is restarted.
  ///
  /// Use it for a value that is used only once, such as the path of a file that ``MilterBase/prepare()``
  /// opens. If the value has changed at SIGHUP, the log reports that it applies after a restart.
  public var untilRestart: any MilterProgramOption { FixedOption(self) }
}
