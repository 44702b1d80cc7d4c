/// A macro on the wire: a name, in braces if it has more than one letter, and a value.
public struct MilterMacro: Hashable, Sendable {
  /// The name, such as `i` or `{auth_authen}`.
  public var name: [UInt8]
  /// The value; `nil` if the packet ends after the name.
  public var value: [UInt8]?

  /// Creates a macro.
  public init(name: [UInt8], value: [UInt8]?) {
    self.name = name
    self.value = value
  }

  /// Creates a macro from text.
  public init(_ name: String, _ value: String) {
    self.init(name: Array(name.utf8), value: Array(value.utf8))
  }
}
