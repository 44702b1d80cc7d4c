/// The options of a program, in the order in which its help lists them.
///
/// `Settings` is what they are read into.
package struct OptionTable<Settings>: Sendable {
  /// The places besides the command line where an option can be given, and when a change applies.
  package enum Scope: Sendable {
    /// On the command line only.
    case commandLine
    /// Also in the environment and in the configuration file; a change counts after a restart.
    case process
    /// Also in the environment and in the configuration file; a change counts for connections that come
    /// after the file was read again.
    case connection
  }

  /// One option: how it is written and explained, and what it does.
  package struct Option: Sendable {
    package let name: String
    /// The one-letter form, such as `h` for `-h`; `nil` if the option has only its long form.
    let letter: Character?
    /// The name of the option's argument; nil for an option without an argument.
    let argument: String?
    let help: String
    /// The places where it can be given.
    package let scope: Scope
    /// Whether several values count together.
    let isRepeatable: Bool
    /// Whether a variable of the environment stands for it although no file may contain it.
    let isInEnvironment: Bool
    /// The value that counts if none is given; nil if there is no such value.
    let defaultText: String?
    let apply: @Sendable (inout Settings, String) throws -> Void

    /// Makes an option.
    ///
    /// - Parameters:
    ///   - name: its name, without the dashes.
    ///   - argument: the name of its argument in the help; `nil` for an option without an argument.
    ///   - help: its purpose, on one line. The help prints the default after it.
    ///   - letter: its one-letter form, an ASCII letter; `nil` for only the long form.
    ///   - value: the default, for the help; `nil` if there is no default.
    ///   - scope: the places where the option is allowed.
    ///   - isRepeatable: whether several values count together.
    ///   - isInEnvironment: whether a variable of the environment stands for it although no file may
    ///     contain it.
    ///   - apply: takes the argument, which is empty for options without; throws ``UsageError``
    ///     for one that cannot be used.
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

  /// Makes a table.
  package init(_ options: [Option]) { self.options = options }

  /// Joins two tables.
  package static func + (first: Self, second: Self) -> Self {
    Self(first.options + second.options)
  }

  /// The names of the options of a scope.
  package func names(in scope: Scope) -> [String] {
    options.filter { $0.scope == scope }.map(\.name)
  }

  /// The names of the options, without the dashes.
  package var names: [String] { options.map(\.name) }

  /// The same options for settings that these are a part of.
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

  /// The options, each on a line or, if its explanation is long, on several.
  package var help: String {
    options.map { option in
      let left = "  --\(option.name)" + (option.argument.map { " " + $0 } ?? "")
      let separator = "\n" + String(repeating: " ", count: Self.margin)
      // One that leaves no room has the line to itself.
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

  /// A text in lines of a width.
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
