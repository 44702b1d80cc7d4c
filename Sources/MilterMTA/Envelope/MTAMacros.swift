/// Macros that replace those of the MTA.
///
/// Names are as on the wire: one letter, or more in braces. The ``MTAProfile`` and the filter determine at
/// which step a macro is sent.
public struct MTAMacros: Hashable, Sendable {
  /// The values, by name; `nil` if the MTA does not know the macro.
  public private(set) var values: [[UInt8]: [UInt8]?] = [:]

  /// Creates an empty list.
  public init() {}

  /// Sets the value of a macro; with `nil`, the MTA does not know the macro.
  public mutating func set(_ name: String, _ value: [UInt8]?) {
    values[Self.canonical(Array(name.utf8))] = .some(value)
  }

  /// The macro's value as text; braces around one letter are optional.
  public subscript(_ name: String) -> String? {
    get {
      values[Self.canonical(Array(name.utf8))]?.map { String(decoding: $0, as: UTF8.self) }
    }
    set { set(name, newValue.map { Array($0.utf8) }) }
  }

  /// Adds other values, which have priority.
  mutating func merge(_ others: Self) { values.merge(others.values) { $1 } }

  /// Returns the names in a list, which spaces and commas separate.
  package static func names(_ list: some Collection<UInt8>) -> [[UInt8]] {
    list.split { $0 <= 0x20 || $0 == UInt8(ascii: ",") }.map { canonical(Array($0)) }
  }

  static func canonical(_ name: [UInt8]) -> [UInt8] {
    let isBraced = name.first == UInt8(ascii: "{") && name.last == UInt8(ascii: "}")
    return isBraced && name.count == 3 ? [name[1]] : name
  }
}
