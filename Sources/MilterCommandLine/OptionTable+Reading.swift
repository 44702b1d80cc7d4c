@preconcurrency import CMilterSystem
import MilterPlatform
import MilterSystem

/// A lock for `getopt_long()`, which keeps its state in global variables.
private let getopt = SystemMutex(())

extension OptionTable {
  /// Reads a command line with `getopt_long()`.
  ///
  /// - Parameters:
  ///   - arguments: all of them, the program's name first.
  ///   - settings: what the options are applied to, in their order.
  /// - Returns: the arguments that are no options.
  /// - Throws: ``UsageError``.
  package func read(_ arguments: [String], into settings: inout Settings) throws -> [String] {
    let (found, operands) = try given(on: arguments)
    for given in found { try given.apply(to: &settings) }
    return operands
  }

  /// The options and the other arguments of a command line; nothing is applied.
  ///
  /// - Parameter arguments: all of them, the program's name first.
  /// - Returns: the options in their order, and the remaining arguments.
  /// - Throws: ``UsageError``.
  package func given(on arguments: [String]) throws -> (options: [Given], operands: [String]) {
    let (found, operands) = try getopt.withLock { _ in try scan(arguments) }
    return (found.map { Given($0, $1, .commandLine) }, operands)
  }

  private func scan(
    _ arguments: [String]
  ) throws -> (options: [(Option, String)], operands: [String]) {
    var argv = arguments.map { strdup($0) } + [nil]
    defer { for pointer in argv { free(pointer) } }
    let names = options.map { strdup($0.name) }
    defer { for name in names { free(name) } }
    var table = zip(options, names).enumerated().map { index, entry in
      let hasArgument = entry.0.argument == nil ? no_argument : required_argument
      return option(
        name: entry.1, has_arg: hasArgument, flag: nil, val: Self.firstNumber + Int32(index))
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
    var found: [(Option, String)] = []
    while true {
      switch getopt_long(Int32(arguments.count), &argv, letters, table, nil) {
      case -1:
        return (
          found, argv[Int(optind)..<arguments.count].compactMap { $0.map { String(cString: $0) } }
        )
      case Int32(UInt8(ascii: ":")):
        throw UsageError("\(culprit(argv)) needs an argument")
      case let number:
        guard let option = numbered(number) else { throw refusal(of: culprit(argv)) }
        found.append((option, optarg.map { String(cString: $0) } ?? ""))
      }
    }
  }

  /// The value that `getopt_long()` returns for the first long option.
  ///
  /// It is larger than any letter.
  private static var firstNumber: Int32 { 256 }

  /// The letters as getopt wants them: a missing argument is an error of its own, and `:` follows a letter
  /// that has an argument.
  private var letters: String {
    ":"
      + options.compactMap { option in
        option.letter.map { "\($0)\(option.argument == nil ? "" : ":")" }
      }.joined()
  }

  private func numbered(_ number: Int32) -> Option? {
    guard number < Self.firstNumber else { return options[Int(number - Self.firstNumber)] }
    return options.first { $0.letter?.asciiValue.map(Int32.init) == number }
  }

  /// The argument that getopt rejected, as it was written.
  ///
  /// `getopt_long()` moves other arguments to the end, so the position is known only after it has returned.
  private func culprit(_ argv: [UnsafeMutablePointer<CChar>?]) -> String {
    // A letter, which may be one of several after a dash; the numbers of long options are larger.
    if let letter = UInt8(exactly: optopt), Unicode.Scalar(letter).properties.isAlphabetic {
      return "-\(Unicode.Scalar(letter))"
    }
    let index = Int(optind) - 1
    guard argv.indices.contains(index), let text = argv[index] else { return "" }
    return String(cString: text)
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
