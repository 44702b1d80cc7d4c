/// The encoding that Sendmail gives names in macros: RFC 3461, section 4.
enum Xtext {
  /// The text with each `+` and two hexadecimal digits replaced by their byte.
  ///
  /// What is not encoded that way stays as it is.
  static func decoded(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var next = 0
    while next < text.count {
      if text[next] == UInt8(ascii: "+"), next + 2 < text.count, let high = digit(text[next + 1]),
        let low = digit(text[next + 2])
      {
        result.append(high << 4 | low)
        next += 3
      } else {
        result.append(text[next])
        next += 1
      }
    }
    return result
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
