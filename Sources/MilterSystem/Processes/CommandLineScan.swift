@preconcurrency import CMilterSystem
import MilterPlatform

/// The options and operands of a command line.
///
/// The corresponding C function is `getopt_long`.
package struct CommandLineScan: Sendable {
  /// An option: its spelling, and whether it has an argument.
  package struct Option: Sendable {
    let name: String
    let letter: Character?
    let hasArgument: Bool

    /// Creates an option.
    ///
    /// - Parameters:
    ///   - name: Its name, without the dashes.
    ///   - letter: Its one-letter form, an ASCII letter; `nil` without one.
    ///   - hasArgument: Whether it has an argument.
    package init(_ name: String, letter: Character?, hasArgument: Bool) {
      self.name = name
      self.letter = letter
      self.hasArgument = hasArgument
    }
  }

  /// The reason why a command line is refused, with the argument as it was written.
  package enum Failure: Error, Hashable, Sendable {
    /// An option has no argument, but needs one.
    case missingArgument(String)
    /// The option does not exist, is an ambiguous abbreviation, or takes no argument.
    case rejected(String)
  }

  /// The given options in order: their indexes in the list, and their arguments, which are empty for options
  /// without.
  package private(set) var found: [(index: Int, argument: String)] = []

  /// The arguments that are not options.
  package private(set) var operands: [String] = []

  /// A lock for `getopt_long()`, which keeps its state in global variables.
  private static let turn = SystemLock()

  /// Reads a command line.
  ///
  /// - Parameters:
  ///   - arguments: All arguments, beginning with the program's name.
  ///   - options: The options of the program.
  /// - Throws: ``Failure`` if the command line is wrong.
  package init(_ arguments: [String], _ options: [Option]) throws(Failure) {
    self = try Self.turn.withLock { () throws(Failure) in
      try Self(scanning: arguments, options)
    }
  }

  private init(scanning arguments: [String], _ options: [Option]) throws(Failure) {
    var argv = arguments.map { strdup($0) } + [nil]
    defer { for pointer in argv { free(pointer) } }
    let names = options.map { strdup($0.name) }
    defer { for name in names { free(name) } }
    var table = zip(options, names).enumerated().map { index, entry in
      option(
        name: entry.1, has_arg: entry.0.hasArgument ? required_argument : no_argument, flag: nil,
        val: Self.firstNumber + Int32(index))
    }
    table.append(option())  // ends the table
    // getopt's own messages go to standard error and cannot be tested.
    opterr = 0
    #if canImport(Darwin)
      optreset = 1
      optind = 1
    #else
      optind = 0  // forgets a command line that was read before
    #endif
    let letters = Self.letters(of: options)
    while true {
      switch getopt_long(Int32(arguments.count), &argv, letters, table, nil) {
      case -1:
        operands = argv[Int(optind)..<arguments.count].compactMap { $0.map { String(cString: $0) } }
        return
      case Int32(UInt8(ascii: ":")):
        throw .missingArgument(Self.culprit(argv))
      case let number:
        guard let index = Self.index(of: number, options) else {
          throw .rejected(Self.culprit(argv))
        }
        found.append((index, optarg.map { String(cString: $0) } ?? ""))
      }
    }
  }

  /// The value that `getopt_long()` returns for the first long option.
  ///
  /// It is larger than any letter.
  private static var firstNumber: Int32 { 256 }

  /// Returns the letters in the form for getopt: a missing argument is a separate error, and `:` follows a
  /// letter with an argument.
  private static func letters(of options: [Option]) -> String {
    ":"
      + options.compactMap { option in
        option.letter.map { "\($0)\(option.hasArgument ? ":" : "")" }
      }.joined()
  }

  private static func index(of number: Int32, _ options: [Option]) -> Int? {
    guard number < firstNumber else { return Int(number - firstNumber) }
    return options.firstIndex { $0.letter?.asciiValue.map(Int32.init) == number }
  }

  /// Returns the argument that getopt rejected, as it was written.
  ///
  /// `getopt_long()` moves other arguments to the end, so the position is known only after its return.
  private static func culprit(_ argv: [UnsafeMutablePointer<CChar>?]) -> String {
    // This is a letter, which may be one of several after a dash. The numbers of long options are larger.
    if let letter = UInt8(exactly: optopt), Unicode.Scalar(letter).properties.isAlphabetic {
      return "-\(Unicode.Scalar(letter))"
    }
    let index = Int(optind) - 1
    guard argv.indices.contains(index), let text = argv[index] else { return "" }
    return String(cString: text)
  }
}
