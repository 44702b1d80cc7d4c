/// A mistake in a command line.
package struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The exit status after a wrong command line: `EX_USAGE`.
  package static let status: Int32 = 64

  /// A description of the mistake.
  package let description: String

  /// Creates an error.
  package init(_ description: String) { self.description = description }

  /// Reads the path of an output file.
  ///
  /// - Parameters:
  ///   - text: The option's argument.
  ///   - option: The option's name, for the error.
  /// - Returns: The path.
  /// - Throws: ``UsageError`` if it is not valid.
  package static func path(_ text: String, _ option: String) throws(UsageError) -> String {
    guard let last = text.utf8.last, last != UInt8(ascii: "/") else {
      throw UsageError("--\(option) \(text): not the path of a file")
    }
    return text
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
        "--\(option) \(text): not a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}
