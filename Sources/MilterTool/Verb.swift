import MilterCommandLine

/// One of the things that `milter` does.
protocol Command: Sendable {
  /// The word on the command line.
  static var name: String { get }
  /// The effect of the verb, on one line.
  static var summary: String { get }

  /// Runs the command with the rest of a command line.
  ///
  /// - Parameter arguments: those after the word.
  /// - Returns: the exit status.
  static func status(of arguments: [String]) -> Int32
}

/// A command whose properties are what its options are read into.
protocol Verb: Command {
  /// The arguments after the verb, for the usage line.
  static var usage: [String] { get }
  /// The options, without `--help`.
  static var table: OptionTable<Self> { get }
  /// Further information: exit status, formats, an example.
  static var notes: String { get }

  init()

  /// Does it.
  ///
  /// - Parameter operands: the arguments that are no options.
  /// - Returns: the exit status.
  /// - Throws: `UsageError` for a wrong command line; anything else that keeps it from its work.
  func run(_ operands: [String]) throws -> Int32
}

/// The error that ends the verb when its help was requested.
private struct HelpWanted: Error {}

extension Verb {
  static func status(of arguments: [String]) -> Int32 {
    ProgramRun.status(of: "milter \(name)") { try run(arguments: [name] + arguments) }
  }

  /// Reads the options and runs the command.
  ///
  /// - Parameter arguments: all of them, the verb first.
  /// - Returns: the exit status.
  /// - Throws: `UsageError` for a wrong command line; anything else that keeps it from its work.
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
