/// The options of a program, in the order in which its help lists them.
///
/// The options are read into `Settings`.
package struct OptionTable<Settings>: Sendable {
  /// The sources in which an option is allowed, and when a change applies.
  package enum Scope: Sendable {
    /// Only on the command line.
    case commandLine
    /// Also in the environment and in the configuration file; a change applies after a restart.
    case process
    /// Also in the environment and in the configuration file; a reload applies a change to later connections.
    case connection
  }

  /// An option: its spelling, its explanation, and its effect.
  package struct Option: Sendable {
    package let name: String
    /// The one-letter form, such as `h` for `-h`; `nil` for only the long form.
    let letter: Character?
    /// The name of the option's argument; `nil` for an option without an argument.
    let argument: String?
    let help: String
    /// The sources in which it is allowed.
    package let scope: Scope
    /// Whether the option is repeatable, so that several values count together.
    let isRepeatable: Bool
    /// Whether a variable of the environment can set it, although no file may contain it.
    let isInEnvironment: Bool
    /// The default value; `nil` for an option without one.
    let defaultText: String?
    let apply: @Sendable (inout Settings, String) throws -> Void

    /// Creates an option.
    ///
    /// - Parameters:
    ///   - name: The name without the dashes.
    ///   - argument: The name of its argument in the help; `nil` for an option without an argument.
    ///   - help: Its purpose, on one line. The help prints the default after it.
    ///   - letter: Its one-letter form, an ASCII letter; `nil` for only the long form.
    ///   - value: The default, for the help; `nil` if there is no default.
    ///   - scope: The sources in which the option is allowed.
    ///   - isRepeatable: Whether several values count together.
    ///   - isInEnvironment: Whether a variable of the environment can set it, although no file may contain it.
    ///   - apply: Applies the argument, which is empty for options without one; throws ``UsageError`` if it is
    ///     not valid.
    package init(
      _ name: String, _ argument: String? = nil, _ help: String, letter: Character? = nil,
      default value: String? = nil, scope: Scope = .commandLine, isRepeatable: Bool = false,
      isInEnvironment: Bool = false,
      apply: @escaping @Sendable (inout Settings, String) throws -> Void
    ) {
      self.name = name
      self.letter = letter
      self.argument = argument
      self.help = help
      self.scope = scope
      self.isRepeatable = isRepeatable
      self.isInEnvironment = isInEnvironment
      defaultText = value
      self.apply = apply
    }

    /// Its purpose and its default.
    fileprivate var explanation: String {
      help + (defaultText.map { "; default \($0)" } ?? "")
    }
  }

  let options: [Option]

  /// Creates a table.
  package init(_ options: [Option]) { self.options = options }

  /// Concatenates two tables.
  package static func + (first: Self, second: Self) -> Self {
    Self(first.options + second.options)
  }

  /// The names of the options of a scope.
  package func names(in scope: Scope) -> [String] {
    options.filter { $0.scope == scope }.map(\.name)
  }

  /// The names of the options, without the dashes.
  package var names: [String] { options.map(\.name) }

  /// Returns the options for larger settings that contain these.
  package func applied<Whole>(
    to part: any WritableKeyPath<Whole, Settings> & Sendable
  ) -> OptionTable<Whole> {
    OptionTable<Whole>(
      options.map { option in
        .init(
          option.name, option.argument, option.help, letter: option.letter,
          default: option.defaultText
        ) { whole, argument in
          try option.apply(&whole[keyPath: part], argument)
        }
      })
  }

  /// The help for the options, each on one or several lines.
  package var help: String {
    options.map { option in
      let left = "  --\(option.name)" + (option.argument.map { " " + $0 } ?? "")
      let separator = "\n" + String(repeating: " ", count: Self.margin)
      // If there is no room for the explanation, it begins on the next line.
      let gap =
        left.count < Self.margin
        ? String(repeating: " ", count: Self.margin - left.count) : separator
      return left + gap + Self.wrapped(option.explanation).joined(separator: separator)
    }.joined(separator: "\n")
  }

  /// The column in which explanations begin.
  private static var margin: Int { 28 }
  /// The width of explanations.
  package static var width: Int { 72 }

  /// Wraps a text in lines of a maximum width.
  package static func wrapped(_ text: String, to width: Int = Self.width) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
