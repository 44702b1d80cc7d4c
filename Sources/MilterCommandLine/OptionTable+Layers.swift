extension OptionTable {
  /// An option with its value, and the source of the value.
  package struct Given: Sendable {
    package let option: Option
    /// Its argument, empty for options without.
    package let argument: String
    package let origin: OptionOrigin
    /// Whether this turns off an option without an argument.
    let isOff: Bool

    init(_ option: Option, _ argument: String, _ origin: OptionOrigin, isOff: Bool = false) {
      self.option = option
      self.argument = argument
      self.origin = origin
      self.isOff = isOff
    }

    /// Applies the option.
    ///
    /// - Throws: ``UsageError`` for a value of the command line, ``ConfigurationError`` for another value.
    package func apply(to settings: inout Settings) throws {
      do {
        try option.apply(&settings, argument)
      } catch let error as UsageError {
        if case .commandLine = origin { throw error }
        // In a file and in the environment, a key has no dashes.
        let text = error.description
        let isNamed = text.hasPrefix("--\(option.name) ")
        throw origin.error(UsageError(isNamed ? String(text.dropFirst(2)) : text))
      }
    }
  }

  /// Returns the options of several sources that apply; earlier sources have precedence.
  ///
  /// All values of an option come from one source.
  package static func effective(_ sources: [[Given]]) -> [Given] {
    var taken: Set<String> = []
    var result: [Given] = []
    for source in sources {
      result += source.filter { !taken.contains($0.option.name) && !$0.isOff }
      taken.formUnion(source.map(\.option.name))
    }
    return result
  }

  /// Returns the options that a file sets.
  ///
  /// - Throws: ``ConfigurationError`` if the file has a mistake.
  package func given(in file: SettingsFile) throws -> [Given] {
    var lines: [String: Int] = [:]
    return try file.entries.map { entry in
      let origin = OptionOrigin.file(file.path, line: entry.line)
      guard let option = options.first(where: { $0.name == entry.key }) else {
        throw origin.error(unknown(entry.key))
      }
      guard option.scope != .commandLine else {
        throw origin.error(UsageError("\(entry.key) can be given on the command line only"))
      }
      if let former = lines.updateValue(entry.line, forKey: option.name), !option.isRepeatable {
        throw origin.error(UsageError("\(option.name) is set in line \(former) already"))
      }
      guard let argument = option.argument else { return try flag(option, entry.value, origin) }
      guard let value = entry.value else {
        throw origin.error(
          UsageError("\(option.name) needs a value: \(option.name) = \(argument)"))
      }
      return Given(option, value, origin)
    }
  }

  private func unknown(_ key: String) -> UsageError {
    let names = options.filter { $0.scope != .commandLine }.map(\.name)
    let word = String(key.drop { $0 == "-" })
    let hint = Suggestion.nearest(to: word, in: names).map { "; did you mean \($0)?" }
    return UsageError("\(key): no such key\(hint ?? "")")
  }

  private func flag(_ option: Option, _ value: String?, _ origin: OptionOrigin) throws -> Given {
    switch value {
    case nil, "yes", "true", "on", "1": Given(option, "", origin)
    case "no", "false", "off", "0": Given(option, "", origin, isOff: true)
    case let value?: throw origin.error(UsageError("\(option.name) \(value): not yes or no"))
    }
  }

  /// Returns the options that the environment sets.
  ///
  /// - Parameters:
  ///   - environment: Returns the value of a variable. An empty variable is ignored. For a repeatable option,
  ///     each line is a value.
  ///   - name: The name of the program.
  /// - Returns: The options, in the order of the table.
  /// - Throws: ``ConfigurationError`` if a variable has a mistake.
  package func given(
    in environment: (String) -> String?, of name: String
  ) throws -> [Given] {
    try options.filter { $0.scope != .commandLine || $0.isInEnvironment }.flatMap {
      option -> [Given] in
      let variable = Self.variable(option.name, of: name)
      guard let value = environment(variable), !value.isEmpty else { return [] }
      let origin = OptionOrigin.environment(variable)
      guard option.argument != nil else { return [try flag(option, value, origin)] }
      guard option.isRepeatable else { return [Given(option, value, origin)] }
      return value.split(separator: "\n").map { Given(option, String($0), origin) }
    }
  }

  /// Returns the variable of the environment for an option, such as `STAMP_LOG_LEVEL`.
  package static func variable(_ option: String, of name: String) -> String {
    String(
      "\(name)_\(option)".uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
    )
  }

  /// Returns the values in effect as a configuration file.
  ///
  /// It has a line for each option that is allowed in the file. Options that are not given are comments with
  /// their defaults.
  package func listing(_ given: [Given]) -> String {
    options.filter { $0.scope != .commandLine }.flatMap { option -> [String] in
      let values = given.filter { $0.option.name == option.name }
      guard values.isEmpty else {
        return values.map { value in
          guard
            !value.argument.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
          else {
            return
              "#\(option.name) has control characters, which a file cannot hold  # \(value.origin)"
          }
          let text = option.argument == nil ? "yes" : SettingsFile.written(value.argument)
          return "\(option.name) = \(text)  # \(value.origin)"
        }
      }
      if option.argument == nil { return ["#\(option.name) = no"] }
      return [
        option.defaultText.map { "#\(option.name) = \(SettingsFile.written($0))" }
          ?? "#\(option.name) is not set"
      ]
    }.joined(separator: "\n")
  }
}
