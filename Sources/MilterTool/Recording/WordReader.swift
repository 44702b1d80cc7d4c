/// Takes the words of a packet from the front.
struct WordReader {
  private var rest: ArraySlice<PacketWords.Word>

  init(_ words: ArraySlice<PacketWords.Word>) { rest = words }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func next() -> PacketWords.Word? { rest.popFirst() }

  /// A name or number.
  mutating func bare() -> String? {
    guard case .bare(let text)? = rest.first else { return nil }
    rest = rest.dropFirst()
    return text
  }

  /// Takes a word with a prefix, and returns the text after the prefix.
  mutating func bare(after prefix: String) -> Substring? {
    guard let text = bare(), text.hasPrefix(prefix) else { return nil }
    return text.dropFirst(prefix.count)
  }

  /// Takes a word that stands for bytes.
  mutating func text() -> [UInt8]? {
    guard case .quoted(let bytes)? = rest.first else { return nil }
    rest = rest.dropFirst()
    return bytes
  }

  /// Takes two words that stand for bytes.
  mutating func pair() -> ([UInt8], [UInt8])? {
    guard let first = text(), let second = text() else { return nil }
    return (first, second)
  }

  /// Bytes, at least once.
  mutating func texts() -> [[UInt8]]? {
    var texts: [[UInt8]] = []
    while let text = text() { texts.append(text) }
    return texts.isEmpty ? nil : texts
  }
}
