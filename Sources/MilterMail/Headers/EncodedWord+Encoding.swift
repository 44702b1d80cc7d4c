extension EncodedWord {
  /// RFC 2047, 2: the maximum length of an encoded word, and of a line with one.
  private static let longestWord = 75
  private static let longestLine = 76

  /// Returns text as the value of an unstructured header field such as `Subject`, in UTF-8.
  ///
  /// ASCII words stay readable. Other words are encoded, together with the text between them, and so is text
  /// that looks like a line end or an encoded word. Long values are folded, with LF between lines, as the
  /// header actions of `Milter` accept them.
  /// - Parameters:
  ///   - text: Any text.
  ///   - column: The number of characters before the value in the first line: the field's name and `: `.
  /// - Returns: Printable ASCII.
  public static func encode(_ text: String, column: Int = 0) -> String {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    // White space that folding or a reader could lose is encoded.
    let isSpaced = words.contains { $0.isEmpty } && !text.isEmpty
    // No line can be folded before the first word, and an encoded word fits after at most 52 characters.
    let isCrowded = column <= 52 && words[0].utf8.count > longestLine - column
    let first = isSpaced || isCrowded ? 0 : words.firstIndex(where: needsEncoding)
    let last = isSpaced ? words.count - 1 : words.lastIndex(where: needsEncoding) ?? first
    guard let first, let last else { return fold(words.map(String.init), column: column) }
    let pieces =
      words[..<first].map(String.init)
      + encodedWords(words[first...last].joined(separator: " "), column: first == 0 ? column : 1)
      + words[(last + 1)...].map(String.init)
    return fold(pieces, column: column)
  }

  private static func needsEncoding(_ word: Substring) -> Bool {
    !word.utf8.allSatisfy(ASCII.isVisible) || word.contains("=?")
      || word.utf8.count > longestWord
  }

  /// Returns a text in encoded words that are short enough; none ends within a character.
  private static func encodedWords(_ text: String, column: Int = 1) -> [String] {
    let utf8 = Array(text.utf8)
    let escaped = utf8.count { !isPlainInQ($0) }
    // Q needs three characters for an escaped byte, and B four for every three bytes.
    let isQ = utf8.count + 2 * escaped <= (utf8.count + 2) / 3 * 4
    let prefix = isQ ? "=?UTF-8?Q?" : "=?UTF-8?B?"
    let overhead = prefix.utf8.count + 2
    // After a long field name, there is still room for one character.
    var room = max(12, longestLine - column - overhead)
    var words: [String] = []
    var chunk: [UInt8] = []
    func length(_ bytes: [UInt8]) -> Int {
      isQ
        ? bytes.count + 2 * bytes.count(where: { !isPlainInQ($0) }) : (bytes.count + 2) / 3 * 4
    }
    func flush() {
      let content = isQ ? encodeQ(chunk) : Base64.encode(chunk, lineLength: nil)
      words.append(prefix + String(decoding: content, as: UTF8.self) + "?=")
      chunk = []
      room = longestWord - overhead
    }
    for scalar in text.unicodeScalars {
      let character = Array(String(scalar).utf8)
      if length(chunk + character) > room { flush() }
      chunk += character
    }
    flush()
    return words
  }

  /// Whether a byte needs no encoding in an encoded word at any place: RFC 2047, 5 (3).
  private static func isPlainInQ(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20: true
    case UInt8(ascii: "!"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"): true
    case UInt8(ascii: "/"): true
    default: ASCII.isAlphanumeric(byte)
    }
  }

  private static func encodeQ(_ bytes: [UInt8]) -> [UInt8] {
    bytes.flatMap { byte in
      byte == 0x20
        ? [UInt8(ascii: "_")]
        : isPlainInQ(byte) ? [byte] : [UInt8(ascii: "=")] + ASCII.hexDigits(byte)
    }
  }

  /// Joins pieces with a space, or with a line break if the line is full.
  static func fold(_ pieces: [String], column: Int) -> String {
    var result = ""
    var column = column
    for piece in pieces {
      let length = piece.utf8.count
      if !result.isEmpty {
        let isFull = column + 1 + length > longestLine
        result += isFull ? "\n " : " "
        column = isFull ? 1 : column + 1
      }
      result += piece
      column += length
    }
    return result
  }

  /// Returns a display name as it may be written before an address: plain, quoted, or in encoded words.
  static func phrase(_ name: String) -> String { phrasePieces(name).joined(separator: " ") }

  /// Returns a display name in pieces between which a line can be folded.
  ///
  /// - Parameters:
  ///   - name: Any text.
  ///   - column: The number of other characters in the line of a piece.
  /// - Returns: Pieces of printable ASCII.
  static func phrasePieces(_ name: String, column: Int = 1) -> [String] {
    if name.utf8.allSatisfy(ASCII.isPrintable), !name.contains("=?") {
      let isBare =
        !name.isEmpty && name.utf8.first != ASCII.space && name.utf8.last != ASCII.space
        && name.utf8.allSatisfy { ASCII.isAtext($0) || $0 == ASCII.space }
      let text = isBare ? name : MailAddress.quoted(name)
      let words = text.split(separator: " ", omittingEmptySubsequences: false)
      // A reader may replace several spaces with one, and a line with only spaces is not allowed.
      if words.allSatisfy({ !$0.isEmpty && $0.utf8.count <= longestLine - column }) {
        return words.map(String.init)
      }
      if !isBare, text.utf8.count <= longestLine - column { return [text] }
    }
    return encodedWords(name, column: column)
  }
}
