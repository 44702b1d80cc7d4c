/// Reads the lines of one packet of a recording.
struct PacketLineParser {
  private let line: Substring
  private var content: [UInt8]?

  init(_ line: Substring) { self.line = line }

  /// Adds a line of the packet; returns whether the line is valid.
  mutating func append(_ line: Substring) -> Bool {
    var rest = line.utf8.dropFirst(2)
    guard let bytes = QuotedBytes.unquote(&rest), rest.isEmpty else { return false }
    content = (content ?? []) + bytes
    return true
  }

  /// The packet; `nil` if the lines are not a packet.
  func packet() -> Recording.Packet? {
    var rest = line.utf8
    let sign = rest.popFirst()
    guard let words = Self.words(&rest) else { return nil }
    let packet = PacketWords(words: words, content: content)
    switch sign {
    case UInt8(ascii: ">"): return packet.command.map { .command($0) }
    case UInt8(ascii: "<"): return packet.reply.map { .reply($0) }
    default: return nil
    }
  }

  private static func words(_ rest: inout Substring.UTF8View) -> [PacketWords.Word]? {
    var words: [PacketWords.Word] = []
    while !rest.isEmpty {
      guard rest.popFirst() == UInt8(ascii: " "), let word = word(&rest) else { return nil }
      words.append(word)
    }
    return isMacro(words) ? asMacros(words) : words
  }

  private static func word(_ rest: inout Substring.UTF8View) -> PacketWords.Word? {
    if rest.first == UInt8(ascii: "\"") {
      guard let bytes = QuotedBytes.unquote(&rest) else { return nil }
      guard rest.first == UInt8(ascii: "=") else { return .quoted(bytes) }
      return macro(bytes, &rest)
    }
    let name = rest.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\"") }
    rest = rest[name.endIndex...]
    guard rest.first == UInt8(ascii: "\"") else { return .bare(String(Substring(name))) }
    guard name.last == UInt8(ascii: "=") else { return nil }
    guard let value = QuotedBytes.unquote(&rest) else { return nil }
    return .macro(name: Array(name.dropLast()), value: value)
  }

  private static func macro(
    _ name: [UInt8], _ rest: inout Substring.UTF8View
  ) -> PacketWords.Word? {
    rest = rest.dropFirst()
    return QuotedBytes.unquote(&rest).map { .macro(name: name, value: $0) }
  }

  private static func isMacro(_ words: [PacketWords.Word]) -> Bool {
    words.first == .bare("macro")
  }

  /// Converts words to macros, because names without a value look like other words.
  private static func asMacros(_ words: [PacketWords.Word]) -> [PacketWords.Word] {
    words.prefix(2)
      + words.dropFirst(2).map { word in
        switch word {
        case .bare(let name): .macro(name: Array(name.utf8), value: nil)
        case .quoted(let name): .macro(name: name, value: nil)
        case .macro: word
        }
      }
  }
}
