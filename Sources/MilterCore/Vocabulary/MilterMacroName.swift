/// The name of one of the MTA's macros.
///
/// The macros of Sendmail and Postfix are constants, such as ``authAuthen``. Use ``init(_:)`` for a macro that
/// the administrator has defined.
public struct MilterMacroName: Hashable, Sendable {
  /// The name without braces, such as `i` or `auth_authen`.
  public let name: String

  /// Creates a name.
  ///
  /// - Parameter name: The name, with or without braces.
  public init(_ name: String) {
    let isBraced = name.utf8.count > 2 && name.hasPrefix("{") && name.hasSuffix("}")
    self.name = isBraced ? String(name.dropFirst().dropLast()) : name
  }
}

extension MilterMacroName: CustomStringConvertible {
  /// The name as MTAs write it: in braces if it has more than one letter.
  public var description: String { name.utf8.count == 1 ? name : "{\(name)}" }
}
