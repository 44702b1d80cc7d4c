/// Classes of ASCII characters, as defined in RFC 5322 and RFC 2045.
enum ASCII {
  static let (tab, lf, cr, space) = (UInt8(0x09), UInt8(0x0A), UInt8(0x0D), UInt8(0x20))
  static let crlf: [UInt8] = [cr, lf]

  /// Whether a byte is white space or a part of a line end in a folded value.
  static func isSpace(_ byte: UInt8) -> Bool {
    byte == space || byte == tab || byte == cr || byte == lf
  }

  /// Whether a byte is `atext` of RFC 5322, or not ASCII, as RFC 6532 allows.
  static func isAtext(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, 0x7F: false
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"): false
    case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ":"), UInt8(ascii: ";"): false
    case UInt8(ascii: "@"), UInt8(ascii: "\\"), UInt8(ascii: ","), UInt8(ascii: "."): false
    case UInt8(ascii: "\""): false
    default: true
    }
  }

  /// Whether a byte is a decimal digit.
  static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }

  /// Whether a byte is a letter.
  static func isLetter(_ byte: UInt8) -> Bool { 0x41...0x5A ~= byte || 0x61...0x7A ~= byte }

  /// Whether a byte is a letter or a decimal digit.
  static func isAlphanumeric(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }

  /// Whether a byte is a visible character, and not a space.
  static func isVisible(_ byte: UInt8) -> Bool { 0x21...0x7E ~= byte }

  /// Whether a byte is a visible character or a space.
  static func isPrintable(_ byte: UInt8) -> Bool { 0x20...0x7E ~= byte }

  /// Returns the value of a hexadecimal digit.
  static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }

  /// Returns a byte as two hexadecimal digits in upper case, as RFC 2045 and RFC 2047 require.
  static func hexDigits(_ byte: UInt8) -> [UInt8] {
    [byte >> 4, byte & 15].map { $0 < 10 ? $0 + 0x30 : $0 - 10 + 0x41 }
  }

  /// Returns the byte in lower case.
  static func lowercased(_ byte: UInt8) -> UInt8 { 0x41...0x5A ~= byte ? byte | 0x20 : byte }

  /// Whether two names are equal, regardless of the case of ASCII letters.
  static func isSame(_ one: String, _ other: String) -> Bool {
    one.utf8.lazy.map(lowercased).elementsEqual(other.utf8.lazy.map(lowercased))
  }
}

extension ArraySlice<UInt8> {
  /// The byte of two hexadecimal digits; `nil` if these are not two digits.
  var hexByte: UInt8? {
    guard count == 2, let high = ASCII.hexValue(self[startIndex]),
      let low = ASCII.hexValue(self[startIndex + 1])
    else { return nil }
    return high << 4 | low
  }
}

extension BidirectionalCollection<UInt8> {
  /// The collection without white space at its ends.
  package var trimmed: SubSequence {
    let start = drop(while: ASCII.isSpace)
    guard let last = start.lastIndex(where: { !ASCII.isSpace($0) }) else { return start }
    return start[...last]
  }
}
