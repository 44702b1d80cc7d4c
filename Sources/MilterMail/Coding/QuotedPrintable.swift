/// The transfer encoding quoted-printable of RFC 2045, section 6.7.
public enum QuotedPrintable {
  private static let longestLine = 76
  private static let escape = UInt8(ascii: "=")

  /// Encodes text whose lines end with CR LF; the line ends stay, and decoding returns the same bytes.
  ///
  /// The text may be in any character set. A single CR or LF is encoded.
  public static func encode(_ bytes: some Collection<UInt8>) -> [UInt8] {
    let bytes = Array(bytes)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + bytes.count / 8)
    var column = 0
    for (index, byte) in bytes.enumerated() {
      let next = index + 1 < bytes.count ? bytes[index + 1] : nil
      if byte == ASCII.cr, next == ASCII.lf { continue }
      if byte == ASCII.lf, index > 0, bytes[index - 1] == ASCII.cr {
        result += ASCII.crlf
        column = 0
        continue
      }
      // The line ends here if CR LF or the end of the text follows.
      let isLast =
        next == nil
        || next == ASCII.cr && index + 2 < bytes.count && bytes[index + 2] == ASCII.lf
      let isPlain = isPlain(byte, endsLine: isLast)
      // The last column is reserved for the mark of a soft line break.
      if column + (isPlain ? 1 : 3) > (isLast ? longestLine : longestLine - 1) {
        result += [escape] + ASCII.crlf
        column = 0
      }
      if isPlain {
        result.append(byte)
        column += 1
      } else {
        result += [escape] + ASCII.hexDigits(byte)
        column += 3
      }
    }
    return result
  }

  private static func isPlain(_ byte: UInt8, endsLine: Bool) -> Bool {
    switch byte {
    case escape: false
    case 0x21...0x7E: true
    case ASCII.space, ASCII.tab: !endsLine
    default: false
    }
  }

  /// Decodes text.
  ///
  /// Text that is not encoded stays unchanged, as the standard recommends: a `=` without digits after it is
  /// kept. White space at the end of a line was added in transit and is removed.
  public static func decode(_ text: some Collection<UInt8>) -> [UInt8] {
    let text = Array(text)
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte == escape {
        if let escaped = text[(index + 1)...].prefix(2).hexByte {
          result.append(escaped)
          index += 3
          continue
        }
        if let end = endOfLine(text, after: index + 1) {
          index = end
          continue
        }
      } else if byte == ASCII.space || byte == ASCII.tab {
        let end = endOfSpace(text, from: index)
        if !isBreak(text, at: end) { result += text[index..<end] }
        index = end
        continue
      }
      result.append(byte)
      index += 1
    }
    return result
  }

  /// Returns the index of the next line, if only white space is left of this one.
  private static func endOfLine(_ text: [UInt8], after index: Int) -> Int? {
    var end = endOfSpace(text, from: index)
    guard isBreak(text, at: end) else { return nil }
    if end < text.count, text[end] == ASCII.cr { end += 1 }
    if end < text.count, text[end] == ASCII.lf { end += 1 }
    return end
  }

  private static func endOfSpace(_ text: [UInt8], from index: Int) -> Int {
    text[index...].firstIndex { $0 != ASCII.space && $0 != ASCII.tab } ?? text.count
  }

  /// Whether a line, or the text, ends here.
  private static func isBreak(_ text: [UInt8], at index: Int) -> Bool {
    guard index < text.count else { return true }
    return text[index] == ASCII.lf
      || text[index] == ASCII.cr && index + 1 < text.count && text[index + 1] == ASCII.lf
  }
}
