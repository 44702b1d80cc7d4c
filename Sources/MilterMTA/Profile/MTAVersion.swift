/// The version of an MTA, such as `3.10.13` or `8.18.1`.
package struct MTAVersion: Hashable, Sendable {
  /// The version as the MTA writes it.
  package let text: String
  private let numbers: [Int]

  /// Reads a version, which begins with numbers and dots; the rest, such as the date of a snapshot, is not
  /// compared.
  ///
  /// - Parameter text: The version; the result is `nil` unless it begins with two numbers and a dot between
  ///   them.
  package init?(_ text: String) {
    self.text = text
    let numbers = text.prefix { $0.isNumber || $0 == "." }
      .split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count > 1, !numbers.contains(nil) else { return nil }
    self.numbers = numbers.compactMap(\.self)
  }

  /// The release series, such as `3.10`.
  package var series: String { numbers.prefix(2).map(String.init).joined(separator: ".") }
}

extension MTAVersion: Comparable {
  package static func < (first: Self, second: Self) -> Bool {
    first.numbers.lexicographicallyPrecedes(second.numbers)
  }
}

extension MTAVersion: ExpressibleByStringLiteral {
  /// Creates a version from a literal, which must be valid.
  package init(stringLiteral text: String) {
    guard let version = Self(text) else { preconditionFailure("\(text): not a version") }
    self = version
  }
}

extension MTAVersion: CustomStringConvertible {
  package var description: String { text }
}
