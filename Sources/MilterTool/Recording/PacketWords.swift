import MilterCore

/// A packet as words and texts, in the notation of `watch` and of recordings.
///
/// ```
/// > header "Subject" "hello"
/// < replacebody
///   "first line\r\n"
///   "second line\r\n"
/// ```
struct PacketWords: Hashable, Sendable {
  /// The words for the packet's type and contents.
  var words: [Word]
  /// The bytes of a body, which have their own lines; `nil` for packets without a body.
  var content: [UInt8]?

  /// A part of the first line.
  enum Word: Hashable, Sendable {
    /// A name or number.
    case bare(String)
    /// The bytes of a message or an envelope.
    case quoted([UInt8])
    /// A macro; its value is `nil` if it was sent without one.
    case macro(name: [UInt8], value: [UInt8]?)
  }

  init(_ name: String, _ rest: Word..., content: [UInt8]? = nil) {
    self.init(words: [.bare(name)] + rest, content: content)
  }

  init(words: [Word], content: [UInt8]? = nil) {
    self.words = words
    self.content = content
  }

  /// The lines, without line ends.
  var lines: [String] {
    let first = words.map { word in
      switch word {
      case .bare(let text): text
      case .quoted(let bytes): QuotedBytes.quote(bytes)
      case .macro(let name, nil): Self.macroName(name)
      case .macro(let name, let value?): "\(Self.macroName(name))=\(QuotedBytes.quote(value))"
      }
    }.joined(separator: " ")
    return [first] + Self.pieces(content ?? []).map { "  " + QuotedBytes.quote($0) }
  }

  /// Returns a macro's name unchanged, unless it could not be read back.
  private static func macroName(_ name: [UInt8]) -> String {
    let isPlain = name.allSatisfy { 0x21...0x7E ~= $0 && !"=\"\\".utf8.contains($0) }
    return isPlain && !name.isEmpty
      ? String(decoding: name, as: UTF8.self) : QuotedBytes.quote(name)
  }

  /// Returns a body in pieces that end after each line feed, so that recordings can be compared line by line.
  private static func pieces(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
      pieces.append(rest[..<end])
      rest = rest[end...]
    }
    return pieces
  }
}
