import MilterCommandLine
import MilterKit

/// The `milter` program.
package enum Tool {
  private static let commands: [any Command.Type] = [
    PlayVerb.self, WatchVerb.self, ReplayVerb.self, StatusVerb.self, DoctorVerb.self,
    ConfigVerb.self, ChainCommand.self,
  ]

  /// Runs the command of a command line.
  ///
  /// - Parameter arguments: All arguments, beginning with the program's name.
  /// - Returns: The exit status.
  package static func run(_ arguments: [String]) -> Int32 {
    let word = arguments.dropFirst().first
    guard let command = commands.first(where: { $0.name == word }) else {
      return ProgramRun.status(of: "milter") { try other(word) }
    }
    return command.status(of: Array(arguments.dropFirst(2)))
  }

  private static func other(_ word: String?) throws -> Int32 {
    switch word {
    case "--help", "-h", "help": try StandardOutput.put(help)
    case "--version": try StandardOutput.put("milter (swift-milter \(Program.version))\n")
    case let word?:
      let near = Suggestion.nearest(to: word, in: commands.map { $0.name })
      let hint = near.map { "; did you mean milter \($0)?" } ?? ""
      throw UsageError("\(word): no such command\(hint)")
    case nil: throw UsageError("the command is missing; give one of \(names)")
    }
    return 0
  }

  private static var names: String { commands.map { $0.name }.joined(separator: ", ") }

  private static var help: String {
    let lines = commands.map { command in
      "  milter \(command.name)" + String(repeating: " ", count: 9 - command.name.count)
        + command.summary
    }
    return """
      usage: milter COMMAND [OPTION ...]

      Tries, watches and checks mail filters for Sendmail and Postfix, in whatever language they
      are written.

      \(lines.joined(separator: "\n"))

      milter COMMAND --help describes each command.

      """
  }
}
