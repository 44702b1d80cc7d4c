/// One header field of a message.
///
/// ```
/// Subject: a long CR LF   subject CR LF
/// name   separator └─ value, here `a long LF   subject` ─┘
/// ```
///
/// The value is as an MTA shows it to a filter: line breaks inside it are LF, the last one is not
/// part of it, and neither is the one space after the colon.
public struct MTAHeader: Hashable, Sendable {
  /// The name, as it is spelled.
  public var name: [UInt8]
  /// The bytes between name and value: usually a colon and a space.
  public var separator: [UInt8]
  /// The value.
  public var value: [UInt8]

  /// The default bytes between name and value.
  public static let usualSeparator: [UInt8] = [0x3A, 0x20]

  /// Makes a header from bytes.
  public init(name: [UInt8], separator: [UInt8] = Self.usualSeparator, value: [UInt8]) {
    self.name = name
    self.separator = separator
    self.value = value
  }

  /// Makes a header from texts.
  public init(_ name: String, _ value: String) {
    self.init(name: Array(name.utf8), value: Array(value.utf8))
  }

  /// The value as it is on the wire.
  ///
  /// - Parameter leadingSpace: whether `hdrLeadspc` was agreed: then the space after the colon is
  ///   part of the value.
  /// - Returns: the value, possibly with that space.
  public func value(leadingSpace: Bool) -> [UInt8] {
    leadingSpace && separator.last == 0x20 ? [0x20] + value : value
  }

  /// Makes a header field from a name and a value that a filter sent.
  ///
  /// - Parameters:
  ///   - name: the name.
  ///   - wireValue: the value.
  ///   - leadingSpace: whether `hdrLeadspc` was negotiated. The MTA then adds no space before the value.
  package init(name: [UInt8], wireValue: [UInt8], leadingSpace: Bool) {
    if !leadingSpace {
      self.init(name: name, value: wireValue)
    } else if wireValue.first == 0x20 {
      self.init(name: name, value: Array(wireValue.dropFirst()))
    } else {
      self.init(name: name, separator: [0x3A], value: wireValue)
    }
  }

  /// Whether the header has this name, in whatever case it is spelled.
  public func isNamed(_ other: some Collection<UInt8>) -> Bool {
    name.count == other.count
      && zip(name, other).allSatisfy { $0.asciiLowercased == $1.asciiLowercased }
  }
}

extension UInt8 {
  /// The byte, a capital letter of ASCII turned into a small one.
  var asciiLowercased: UInt8 {
    UInt8(ascii: "A")...UInt8(ascii: "Z") ~= self ? self | 0x20 : self
  }
}
