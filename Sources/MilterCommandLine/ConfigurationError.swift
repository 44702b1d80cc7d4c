/// A mistake in a configuration file or a variable of the environment.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The exit status of a program whose configuration is wrong: `EX_CONFIG`.
  package static let status: Int32 = 78

  /// The place and a description of the mistake.
  package let description: String

  /// Creates an error.
  package init(_ description: String) { self.description = description }
}
