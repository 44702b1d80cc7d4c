/// A header field of a message.
///
/// ```
/// Subject: a long CR LF   subject CR LF
/// name   separator └─ value, here `a long LF   subject` ─┘
/// ```
///
/// The value is as an MTA sends it to a filter: LF separates its lines. It includes neither the last line end
/// nor the space after the colon.
public struct MTAHeader: Hashable, Sendable {
  /// The name, in its spelling.
  public var name: [UInt8]
  /// The bytes between name and value: usually a colon and a space.
  public var separator: [UInt8]
  /// The value.
  public var value: [UInt8]

  /// The default bytes between name and value.
  public static let usualSeparator: [UInt8] = [0x3A, 0x20]

  /// Creates a header field from bytes.
  public init(name: [UInt8], separator: [UInt8] = Self.usualSeparator, value: [UInt8]) {
    self.name = name
    self.separator = separator
    self.value = value
  }

  /// Creates a header field from text.
  public init(_ name: String, _ value: String) {
    self.init(name: Array(name.utf8), value: Array(value.utf8))
  }

  /// Returns the value as it is on the wire.
  ///
  /// - Parameter leadingSpace: Whether `hdrLeadspc` was negotiated. The value then includes the space after the
  ///   colon.
  /// - Returns: The value, possibly with that space.
  public func value(leadingSpace: Bool) -> [UInt8] {
    leadingSpace && separator.last == 0x20 ? [0x20] + value : value
  }

  /// Creates a header field from a name and a value that a filter sent.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - wireValue: The value.
  ///   - leadingSpace: Whether `hdrLeadspc` was negotiated. The MTA then adds no space before the value.
  package init(name: [UInt8], wireValue: [UInt8], leadingSpace: Bool) {
    if !leadingSpace {
      self.init(name: name, value: wireValue)
    } else if wireValue.first == 0x20 {
      self.init(name: name, value: Array(wireValue.dropFirst()))
    } else {
      self.init(name: name, separator: [0x3A], value: wireValue)
    }
  }

  /// Whether the field has this name, regardless of case.
  public func isNamed(_ other: some Collection<UInt8>) -> Bool {
    name.count == other.count
      && zip(name, other).allSatisfy { $0.asciiLowercased == $1.asciiLowercased }
  }
}

extension UInt8 {
  /// The byte, in lower case if it is a capital letter of ASCII.
  var asciiLowercased: UInt8 {
    UInt8(ascii: "A")...UInt8(ascii: "Z") ~= self ? self | 0x20 : self
  }
}
