/// Values of macros that are to differ from what the MTA knows by itself.
///
/// Names are as on the wire: one letter, or more in braces. Where and whether a macro is sent is a
/// matter of the ``MTAProfile``, and of the filter.
public struct MTAMacros: Hashable, Sendable {
  /// The values, by name; `nil` for macros that the MTA does not know.
  public private(set) var values: [[UInt8]: [UInt8]?] = [:]

  /// Makes macros without any value.
  public init() {}

  /// Gives a macro a value; nil makes it unknown to the MTA.
  public mutating func set(_ name: String, _ value: [UInt8]?) {
    values[Self.canonical(Array(name.utf8))] = .some(value)
  }

  /// The macro's value as text; braces around one letter do not matter.
  public subscript(_ name: String) -> String? {
    get {
      values[Self.canonical(Array(name.utf8))]?.map { String(decoding: $0, as: UTF8.self) }
    }
    set { set(name, newValue.map { Array($0.utf8) }) }
  }

  /// Takes values over from others, which come first.
  mutating func merge(_ others: Self) { values.merge(others.values) { $1 } }

  /// The names in a list; MTAs take blanks and commas between them.
  package static func names(_ list: some Collection<UInt8>) -> [[UInt8]] {
    list.split { $0 <= 0x20 || $0 == UInt8(ascii: ",") }.map { canonical(Array($0)) }
  }

  static func canonical(_ name: [UInt8]) -> [UInt8] {
    let isBraced = name.first == UInt8(ascii: "{") && name.last == UInt8(ascii: "}")
    return isBraced && name.count == 3 ? [name[1]] : name
  }
}
