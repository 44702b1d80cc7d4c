extension EncodedWord {
  /// RFC 2047, 2: no encoded word is longer, and no line with one.
  private static let longestWord = 75
  private static let longestLine = 76

  /// Text as the value of an unstructured header such as `Subject`, in UTF-8.
  ///
  /// Words that are plain ASCII stay readable; the others, and all between them, are encoded, and
  /// with them whatever could be taken for a line end or for an encoded word. Long values are
  /// folded, lines separated by LF as `Milter`'s header actions take them.
  /// - Parameters:
  ///   - text: any text.
  ///   - column: how much of the first line is taken already: the header's name with `: `.
  /// - Returns: printable ASCII.
  public static func encode(_ text: String, column: Int = 0) -> String {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    // Space that folding could lose, or a reader could, is part of the text.
    let isSpaced = words.contains { $0.isEmpty } && !text.isEmpty
    // No line can be folded before the first word, and an encoded word has room after 52 characters at most.
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
    !word.utf8.allSatisfy { 0x21...0x7E ~= $0 } || word.contains("=?")
      || word.utf8.count > longestWord
  }

  /// A text in encoded words that are short enough; none ends within a character.
  private static func encodedWords(_ text: String, column: Int = 1) -> [String] {
    let utf8 = Array(text.utf8)
    let escaped = utf8.count { !isPlainInQ($0) }
    // Q takes three characters for a byte it has to escape, B four for each three bytes.
    let isQ = utf8.count + 2 * escaped <= (utf8.count + 2) / 3 * 4
    let prefix = isQ ? "=?UTF-8?Q?" : "=?UTF-8?B?"
    let overhead = prefix.utf8.count + 2
    // After a header's long name there is room for a single character nevertheless.
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

  /// Whether a byte needs no encoding in an encoded word, wherever the word stands: RFC 2047, 5 (3).
  private static func isPlainInQ(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case UInt8(ascii: "!"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"): true
    case UInt8(ascii: "/"): true
    default: false
    }
  }

  private static func encodeQ(_ bytes: [UInt8]) -> [UInt8] {
    bytes.flatMap { byte in
      byte == 0x20
        ? [UInt8(ascii: "_")]
        : isPlainInQ(byte) ? [byte] : [UInt8(ascii: "=")] + ASCII.hexDigits(byte)
    }
  }

  /// Pieces with a space between them, or a new line where the old one is full.
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

  /// A display name as it may stand before an address: bare, quoted, or in encoded words.
  static func phrase(_ name: String) -> String { phrasePieces(name).joined(separator: " ") }

  /// A display name in pieces between which a line can be folded.
  ///
  /// - Parameters:
  ///   - name: any text.
  ///   - column: the number of characters that are in a line beside a piece.
  /// - Returns: pieces of printable ASCII.
  static func phrasePieces(_ name: String, column: Int = 1) -> [String] {
    if name.utf8.allSatisfy({ 0x20...0x7E ~= $0 }), !name.contains("=?") {
      let isBare =
        !name.isEmpty && name.utf8.first != ASCII.space && name.utf8.last != ASCII.space
        && name.utf8.allSatisfy { ASCII.isAtext($0) || $0 == ASCII.space }
      let text = isBare ? name : MailAddress.quoted(name)
      let words = text.split(separator: " ", omittingEmptySubsequences: false)
      // A reader may take several spaces for one, and a line of spaces only is not allowed.
      if words.allSatisfy({ !$0.isEmpty && $0.utf8.count <= longestLine - column }) {
        return words.map(String.init)
      }
      if !isBare, text.utf8.count <= longestLine - column { return [text] }
    }
    return encodedWords(name, column: column)
  }
}
