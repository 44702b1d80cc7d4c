extension MIMEParameters {
  /// Returns the values of a parameter that simple programs might read from a header field: programs that do
  /// not know comments, do not know quoted strings, or need no type before the first parameter.
  ///
  /// For ``init(_:)``, a comment or a quoted string without an end hides the text that such programs read.
  ///
  /// - Parameters:
  ///   - name: The parameter's name, in lower case.
  ///   - value: The value of the header field as it is in the message.
  /// - Returns: The values; a value may occur twice.
  static func naiveReadings(of name: String, in value: [UInt8]) -> [String] {
    let line = MailHeaders.unfold(value)
    return [true, false].flatMap { knowsQuotes -> [String] in
      var plain: [String] = []
      var pieces: [MIMEParameterPiece] = []
      for segment in segments(of: line, knowsQuotes: knowsQuotes) {
        guard let (word, text) = assignment(segment) else { continue }
        let (key, piece) = MIMEParameterPiece.named(word, text)
        guard key == name else { continue }
        if piece.number == nil, !piece.isExtended {
          plain.append(String(decoding: text, as: UTF8.self))
        } else {
          pieces.append(piece)
        }
      }
      return plain + MIMEParameterPiece.readings(of: pieces)
    }
  }

  /// Returns the texts between semicolons.
  private static func segments(of line: [UInt8], knowsQuotes: Bool) -> [ArraySlice<UInt8>] {
    var isQuoted = false
    var isEscaped = false
    return line.split { byte in
      if knowsQuotes, byte == UInt8(ascii: "\""), !isEscaped { isQuoted.toggle() }
      isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
      return byte == UInt8(ascii: ";") && !isQuoted
    }
  }

  /// Returns the word before the first equals sign in lower case, and the text after the sign without quotes.
  private static func assignment(_ segment: ArraySlice<UInt8>) -> (String, [UInt8])? {
    guard let equals = segment.firstIndex(of: UInt8(ascii: "=")) else { return nil }
    let left = segment[..<equals].trimmed
    let word = left.suffix(
      from: left.lastIndex(where: ASCII.isSpace).map { $0 + 1 } ?? left.startIndex)
    var text = segment[(equals + 1)...].trimmed
    if text.first == UInt8(ascii: "\"") { text = text.dropFirst() }
    text = text.prefix { $0 != UInt8(ascii: "\"") }
    return (String(decoding: word.map(ASCII.lowercased), as: UTF8.self), Array(text))
  }
}
