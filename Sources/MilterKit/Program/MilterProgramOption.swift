/// An option of a filter's own on its program's command line; see ``MilterBase/programOptions``.
///
/// Its name must differ from the names of the options that every filter has; the program refuses to
/// start otherwise.
///
/// ``MilterSetting`` is one for a value. Other types can do anything with what they are given, for
/// example collect the arguments of an option that may be repeated.
public protocol MilterProgramOption: Sendable {
  /// The option's name, without the dashes.
  var name: String { get }
  /// What `--help` calls the option's argument; nil for options without.
  var argument: String? { get }
  /// What the option is for, on one line.
  var help: String { get }

  /// Whether the program must not start without the option; `false` by default.
  var isRequired: Bool { get }

  /// Takes the option's argument, which is empty for options without.
  ///
  /// Called as the command line is read, before anything is opened.
  /// - Throws: what is wrong with the argument; the program says it and ends with status 64.
  func take(_ text: String) throws
}

extension MilterProgramOption {
  /// `false`: the program starts without the option.
  public var isRequired: Bool { false }
}
