import MilterSystem

extension OptionTable {
  /// Reads a command line with `getopt_long()`.
  ///
  /// - Parameters:
  ///   - arguments: All arguments, beginning with the program's name.
  ///   - settings: The settings to which the options are applied, in order.
  /// - Returns: The arguments that are not options.
  /// - Throws: ``UsageError`` if the command line is wrong.
  package func read(_ arguments: [String], into settings: inout Settings) throws -> [String] {
    let (found, operands) = try given(on: arguments)
    for given in found { try given.apply(to: &settings) }
    return operands
  }

  /// Returns the options and the other arguments of a command line, without applying them.
  ///
  /// - Parameter arguments: All arguments, beginning with the program's name.
  /// - Returns: The options in order, and the remaining arguments.
  /// - Throws: ``UsageError`` if the command line is wrong.
  package func given(on arguments: [String]) throws -> (options: [Given], operands: [String]) {
    do throws(CommandLineScan.Failure) {
      let scan = try CommandLineScan(
        arguments,
        options.map { .init($0.name, letter: $0.letter, hasArgument: $0.argument != nil) })
      return (
        scan.found.map { Given(options[$0.index], $0.argument, .commandLine) }, scan.operands
      )
    } catch {
      switch error {
      case .missingArgument(let culprit): throw UsageError("\(culprit) needs an argument")
      case .rejected(let culprit): throw refusal(of: culprit)
      }
    }
  }

  private func refusal(of culprit: String) -> UsageError {
    let parts = culprit.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts.first?.drop { $0 == "-" } ?? "")
    if parts.count > 1, options.contains(where: { $0.name == name }) {
      return UsageError("\(culprit): --\(name) takes no argument")
    }
    let matches = options.map(\.name).filter { !name.isEmpty && $0.hasPrefix(name) }
    if matches.count > 1 {
      let choices = matches.map { "--\($0)" }.joined(separator: ", ")
      return UsageError("\(culprit): could be any of \(choices)")
    }
    let hint = Suggestion.nearest(to: name, in: options.map(\.name)).map {
      "; did you mean --\($0)?"
    }
    return UsageError("\(culprit): no such option\(hint ?? "")")
  }
}
