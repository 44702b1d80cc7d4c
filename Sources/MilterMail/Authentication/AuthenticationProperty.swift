/// A property that an authentication method checked, such as `header.d=example.com`: RFC 8601, section 2.2.
public struct AuthenticationProperty: Hashable, Sendable {
  /// The property type: `smtp`, `header`, `body`, `policy`, or another.
  ///
  /// Empty for a property without a type, such as `action=none`, which the standard does not allow but some
  /// servers write.
  public var type: String
  /// The property, such as `mailfrom`.
  public var name: String
  /// The value, without quotes.
  public var value: String

  /// Creates a property.
  ///
  /// - Parameters:
  ///   - type: The property type.
  ///   - name: The property's name.
  ///   - value: The value, without quotes.
  public init(_ type: String, _ name: String, _ value: String) {
    self.type = type
    self.name = name
    self.value = value
  }
}
