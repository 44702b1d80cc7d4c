/// Reads the tokens of a structured header field: RFC 5322, section 3.2.
///
/// It reads addresses, content types, and other values with comments and quoted strings.
struct StructuredScanner {
  let bytes: [UInt8]
  private(set) var position = 0

  init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  /// The next byte; `nil` at the end.
  var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  var isAtEnd: Bool { position == bytes.count }

  /// Reads a byte, if it is the next one.
  mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    position += 1
    return true
  }

  mutating func take(_ character: Unicode.Scalar) -> Bool { take(UInt8(ascii: character)) }

  /// Reads bytes of one class and returns them.
  mutating func run(while isWanted: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    let start = position
    while let byte = peek, isWanted(byte) { position += 1 }
    return bytes[start..<position]
  }

  /// Skips white space and comments (`CFWS`); returns whether there were any.
  @discardableResult
  mutating func skipCFWS() throws(MailSyntaxError) -> Bool {
    let start = position
    repeat { _ = run(while: ASCII.isSpace) } while try comment()
    return position > start
  }

  /// Skips a comment, and those inside it.
  private mutating func comment() throws(MailSyntaxError) -> Bool {
    let start = position
    guard take("(") else { return false }
    var depth = 1
    while let byte = peek {
      position += 1
      switch byte {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth -= 1
      case UInt8(ascii: "\\"):
        if peek != nil { position += 1 }
      default: break
      }
      if depth == 0 { return true }
    }
    throw MailSyntaxError(.unterminated, "a comment", at: start)
  }

  /// Reads a quoted string and returns its text; `nil` if no quoted string follows.
  mutating func quotedString() throws(MailSyntaxError) -> [UInt8]? {
    let start = position
    guard take("\"") else { return nil }
    var text: [UInt8] = []
    while let byte = peek {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return text
      case UInt8(ascii: "\\"):
        guard let escaped = peek else { break }
        position += 1
        text.append(escaped)
      case ASCII.cr, ASCII.lf: break  // of a folded line
      default: text.append(byte)
      }
    }
    throw MailSyntaxError(.unterminated, "a quoted string", at: start)
  }

  /// Reads an address literal such as `[192.0.2.1]` and returns it with its brackets.
  mutating func domainLiteral() throws(MailSyntaxError) -> [UInt8]? {
    let start = position
    guard take("[") else { return nil }
    let text = run {
      $0 != UInt8(ascii: "]") && $0 != UInt8(ascii: "[") && $0 != UInt8(ascii: "\\")
    }
    guard take("]") else { throw MailSyntaxError(.unterminated, "a domain literal", at: start) }
    return [UInt8(ascii: "[")] + text.filter { !ASCII.isSpace($0) } + [UInt8(ascii: "]")]
  }

  /// Reads an atom; `nil` if no atom follows.
  mutating func atom() -> [UInt8]? {
    let atom = run(while: ASCII.isAtext)
    return atom.isEmpty ? nil : Array(atom)
  }

  /// Reads an encoded word; `nil` if no encoded word follows.
  ///
  /// Commas and dots are accepted: the standard does not allow them in names, but many programs write them.
  mutating func encodedWord() -> EncodedWord? {
    guard let (word, end) = EncodedWord.find(in: bytes[position...]) else { return nil }
    position = end
    return word
  }
}
