/// A failure of a fixture.
public struct FixtureError: Error, CustomStringConvertible {
  /// What happened.
  public let description: String

  /// Creates an error.
  public init(_ description: String) { self.description = description }
}
