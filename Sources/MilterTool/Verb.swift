import MilterCommandLine

/// A command whose options are read into its properties.
protocol Verb: Command {
  /// The arguments after the command's name, for the usage line.
  static var usage: [String] { get }
  /// The options, without `--help`.
  static var table: OptionTable<Self> { get }
  /// Further information: exit status, formats, an example.
  static var notes: String { get }

  init()

  /// Runs the command.
  ///
  /// - Parameter operands: The arguments that are not options.
  /// - Returns: The exit status.
  /// - Throws: `UsageError` for a wrong command line, or another error.
  func run(_ operands: [String]) throws -> Int32
}

extension Verb {
  static func status(of arguments: [String]) -> Int32 {
    ProgramRun.status(of: "milter \(name)") { try run(arguments: [name] + arguments) }
  }

  /// Reads the options and runs the command.
  ///
  /// - Parameter arguments: The arguments, beginning with the command's name.
  /// - Returns: The exit status.
  /// - Throws: `UsageError` for a wrong command line, or another error.
  static func run(arguments: [String]) throws -> Int32 {
    var verb = Self()
    do {
      let operands = try wholeTable.read(arguments, into: &verb)
      return try verb.run(operands)
    } catch is HelpWanted {
      try StandardOutput.put(help)
      return 0
    }
  }

  private static var wholeTable: OptionTable<Self> {
    table
      + OptionTable([.init("help", nil, "print this", letter: "h") { _, _ in throw HelpWanted() }])
  }

  private static var help: String {
    let lines = usage.enumerated().map { number, usage in
      (number == 0 ? "usage: " : "       ") + "milter \(name) \(usage)"
    }
    return """
      \(lines.joined(separator: "\n"))

      \(summary).

      \(wholeTable.help)

      \(notes)

      """
  }
}
