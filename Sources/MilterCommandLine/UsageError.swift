/// A mistake in a command line.
package struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The exit status after a wrong command line: `EX_USAGE`.
  package static let status: Int32 = 64

  /// A description of the mistake.
  package let description: String

  /// The mistake without the option and its argument.
  package let mistake: String

  /// Creates an error.
  package init(_ description: String) {
    self.description = description
    mistake = description
  }

  /// Creates the error of an option's argument.
  private init(_ text: String, _ option: String, _ mistake: String) {
    description = "--\(option) \(text): \(mistake)"
    self.mistake = mistake
  }

  /// Reads the path of an output file.
  ///
  /// - Parameters:
  ///   - text: The option's argument.
  ///   - option: The option's name, for the error.
  /// - Returns: The path.
  /// - Throws: ``UsageError`` if it is not valid.
  package static func path(_ text: String, _ option: String) throws(UsageError) -> String {
    guard let last = text.utf8.last, last != UInt8(ascii: "/") else {
      throw UsageError(text, option, "not the path of a file")
    }
    return text
  }

  /// Makes the error for an argument of a program that takes none.
  package static func unexpected(_ argument: String) -> Self {
    Self("\(argument): unexpected argument")
  }

  /// Reads one of several words.
  ///
  /// - Parameters:
  ///   - text: The option's argument.
  ///   - option: The option's name, for the error.
  /// - Returns: The value that the word stands for.
  /// - Throws: ``UsageError`` if it is not valid.
  package static func word<Value: RawRepresentable<String> & CaseIterable>(
    _ text: String, _ option: String
  ) throws(UsageError) -> Value {
    guard let value = Value(rawValue: text) else {
      let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageError(text, option, "not one of \(words)")
    }
    return value
  }

  /// Reads a file mode in octal.
  ///
  /// - Parameters:
  ///   - text: The option's argument.
  ///   - option: The option's name, for the error.
  /// - Returns: The mode.
  /// - Throws: ``UsageError`` if it is not valid.
  package static func mode(_ text: String, _ option: String) throws(UsageError) -> UInt16 {
    guard let mode = UInt16(text, radix: 8), mode <= 0o777 else {
      throw UsageError(text, option, "not an octal mode such as 660")
    }
    return mode
  }

  /// Reads a number in a range.
  ///
  /// - Parameters:
  ///   - text: The option's argument.
  ///   - option: The option's name, for the error.
  ///   - range: The allowed numbers.
  /// - Returns: The number.
  /// - Throws: ``UsageError`` if it is not valid.
  package static func number(
    _ text: String, _ option: String, _ range: ClosedRange<Int>
  ) throws(UsageError) -> Int {
    guard let number = Int(text), range.contains(number) else {
      throw UsageError(
        text, option, "not a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}
