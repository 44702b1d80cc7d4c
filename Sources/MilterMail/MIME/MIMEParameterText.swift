/// The value of a parameter in a header field, and the texts that mail programs may read from it.
struct MIMEParameterText {
  /// The value without quotes; `nil` if its closing quote is missing.
  let value: [UInt8]?
  /// Other readings: up to the next semicolon, or up to the end if the closing quote is missing.
  let readings: [[UInt8]]
}

extension StructuredScanner {
  /// Moves past the next semicolon outside of quoted strings; returns false if none follows.
  mutating func nextParameter() -> Bool {
    while !isAtEnd {
      _ = run { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "(") }
      if take(";") { return true }
      let start = position
      if peek == UInt8(ascii: "(") {
        guard (try? skipCFWS()) != nil else { return false }
      } else {
        guard (try? quotedString()) != nil else { return false }
      }
      if position == start { return false }
    }
    return false
  }

  /// Reads a quoted string, or the text up to the next semicolon, space, or comment.
  ///
  /// The standard requires quotes around characters such as slashes, but many programs do not write them.
  ///
  /// - Parameter isName: Whether this is a file name, whose spaces many programs do not quote.
  /// - Returns: The value; `nil` if a comment before it has no end.
  mutating func parameterText(isName: Bool) -> MIMEParameterText? {
    guard (try? skipCFWS()) != nil else { return nil }
    let start = position
    if peek == UInt8(ascii: "\"") {
      guard let value = (try? quotedString()) ?? nil else {
        let rest = bytes[(start + 1)...].filter { $0 != ASCII.cr && $0 != ASCII.lf }
        return MIMEParameterText(value: nil, readings: [Array(rest.trimmed)])
      }
      let rest = restOfParameter
      return MIMEParameterText(value: value, readings: rest.isEmpty ? [] : [value + rest])
    }
    let value = run { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "(") && !ASCII.isSpace($0) }
    let rest = restOfParameter
    guard !rest.isEmpty else { return MIMEParameterText(value: Array(value), readings: []) }
    // If it contains another parameter, a semicolon is missing.
    return isName && !rest.contains(UInt8(ascii: "="))
      ? MIMEParameterText(value: value + rest, readings: [Array(value)])
      : MIMEParameterText(value: Array(value), readings: [value + rest])
  }

  /// The text up to the next semicolon, comment, or quoted string, without white space at its end.
  private var restOfParameter: [UInt8] {
    let rest = bytes[position...].prefix {
      $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "(")
    }
    guard rest.contains(where: { !ASCII.isSpace($0) }) else { return [] }
    let end = rest.lastIndex { !ASCII.isSpace($0) } ?? rest.startIndex
    return rest[...end].filter { $0 != ASCII.cr && $0 != ASCII.lf }
  }
}
