/// The result of one method of authentication: RFC 8601, section 2.2.
public struct AuthenticationResult: Hashable, Sendable {
  /// The method, such as `dkim`; in lower case if it was read from a field.
  public var method: String
  /// The method's version; `nil` if none is given, which means 1.
  public var version: Int?
  /// The result, such as `pass`; in lower case if it was read from a field.
  public var result: String
  /// The reason; `nil` if none is given.
  public var reason: String?
  /// The properties that the method checked.
  public var properties: [AuthenticationProperty]

  /// Creates a result.
  ///
  /// - Parameters:
  ///   - method: The method, such as `dkim`.
  ///   - result: The result, such as `pass`.
  ///   - reason: The reason; `nil` for none.
  ///   - properties: The properties that the method checked.
  public init(
    _ method: String, _ result: String, reason: String? = nil,
    _ properties: [AuthenticationProperty] = []
  ) {
    self.method = method
    self.result = result
    self.reason = reason
    self.properties = properties
  }

  /// The value of the first property with a type and a name, regardless of case.
  public subscript(type: String, name: String) -> String? {
    properties.first { ASCII.isSame($0.type, type) && ASCII.isSame($0.name, name) }?.value
  }
}
