/// Reads the words of a packet, from the first to the last.
struct WordReader {
  private var rest: ArraySlice<PacketWords.Word>

  init(_ words: ArraySlice<PacketWords.Word>) { rest = words }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func next() -> PacketWords.Word? { rest.popFirst() }

  /// Reads a name or a number.
  mutating func bare() -> String? {
    guard case .bare(let text)? = rest.first else { return nil }
    rest = rest.dropFirst()
    return text
  }

  /// Reads a word with a prefix, and returns the text after the prefix.
  mutating func bare(after prefix: String) -> Substring? {
    guard let text = bare(), text.hasPrefix(prefix) else { return nil }
    return text.dropFirst(prefix.count)
  }

  /// Reads a quoted word, and returns its bytes.
  mutating func text() -> [UInt8]? {
    guard case .quoted(let bytes)? = rest.first else { return nil }
    rest = rest.dropFirst()
    return bytes
  }

  /// Reads two quoted words.
  mutating func pair() -> ([UInt8], [UInt8])? {
    guard let first = text(), let second = text() else { return nil }
    return (first, second)
  }

  /// Reads one or more quoted words.
  mutating func texts() -> [[UInt8]]? {
    var texts: [[UInt8]] = []
    while let text = text() { texts.append(text) }
    return texts.isEmpty ? nil : texts
  }
}
