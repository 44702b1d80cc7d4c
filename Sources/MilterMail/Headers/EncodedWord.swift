/// An encoded word of RFC 2047, such as `=?ISO-8859-1?Q?Andr=E9?=`: text in a header field that is not ASCII.
///
/// ```swift
/// EncodedWord.decode("=?UTF-8?B?R3LDvMOfZQ==?= aus Berlin")  // Grüße aus Berlin
/// EncodedWord.encode("Grüße aus Berlin")                     // =?UTF-8?B?R3LDvMOfZQ==?= aus Berlin
/// ```
public struct EncodedWord: Hashable, Sendable {
  /// The name of the character set, without the language tag that RFC 2231 allows.
  public let charsetName: String
  /// The text's bytes in that character set.
  public let bytes: [UInt8]
  /// Whether the word contained bytes that are not ASCII, which the standard does not allow.
  let isRaw: Bool

  /// Reads an encoded word; `nil` if the text is not one.
  ///
  /// - Parameter text: The whole word, from `=?` to `?=`.
  public init?(_ text: some Sequence<UInt8>) {
    let text = Array(text)
    guard let (word, end) = Self.find(in: text[...]), end == text.count else { return nil }
    self = word
  }

  private init(charsetName: String, bytes: [UInt8], isRaw: Bool) {
    self.charsetName = charsetName
    self.bytes = bytes
    self.isRaw = isRaw
  }

  /// The decoded text; `nil` if the character set is not supported or the bytes are not valid in it.
  public var text: String? { MailCharset(named: charsetName)?.decode(bytes) }

  /// Finds the encoded word at the start of some bytes, and its end.
  static func find(in bytes: ArraySlice<UInt8>) -> (EncodedWord, end: Int)? {
    let mark = UInt8(ascii: "?")
    guard bytes.starts(with: [UInt8(ascii: "="), mark]) else { return nil }
    var rest = bytes.dropFirst(2)
    func field(isContent: Bool = false) -> ArraySlice<UInt8>? {
      let field = rest.prefix { $0 != mark && (ASCII.isVisible($0) || isContent && $0 >= 0x80) }
      guard field.endIndex < rest.endIndex, rest[field.endIndex] == mark else { return nil }
      rest = rest[(field.endIndex + 1)...]
      return field
    }
    guard let charset = field(), !charset.isEmpty, let kind = field(),
      let content = field(isContent: true),
      rest.first == UInt8(ascii: "=")
    else { return nil }
    let decoded: [UInt8]?
    switch kind.first.map(ASCII.lowercased) {
    case UInt8(ascii: "b") where kind.count == 1: decoded = Base64.decodeLeniently(content)
    case UInt8(ascii: "q") where kind.count == 1: decoded = decodeQ(content)
    default: return nil
    }
    guard let decoded else { return nil }
    let name = charset.prefix { $0 != UInt8(ascii: "*") }
    let word = EncodedWord(
      charsetName: String(decoding: name, as: UTF8.self), bytes: decoded,
      isRaw: content.contains { $0 >= 0x80 })
    return (word, rest.startIndex + 1)
  }

  private static func decodeQ(_ content: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var rest = content
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "="), let escaped = rest.prefix(2).hexByte {
        result.append(escaped)
        rest = rest.dropFirst(2)
      } else {
        result.append(byte == UInt8(ascii: "_") ? ASCII.space : byte)
      }
    }
    return result
  }

  // MARK: Whole headers

  /// Decodes the value of an unstructured header field such as `Subject`.
  ///
  /// Folded lines are joined, and white space between two encoded words is removed. A character that was
  /// divided between two encoded words is joined again. Words that cannot be decoded stay unchanged. Other
  /// bytes are read as UTF-8, and so are bytes of an encoded word that its character set does not have.
  public static func decode(_ value: some Sequence<UInt8>) -> String {
    let bytes = MailHeaders.unfold(value)
    var text = DecodedText()
    var position = 0
    var plain = 0
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "="), let (word, end) = find(in: bytes[position...]) {
        text.append(plain: bytes[plain..<position])
        text.append(word, source: bytes[position..<end])
        position = end
        plain = end
      } else {
        position += 1
      }
    }
    text.append(plain: bytes[plain...])
    return text.text
  }

  /// Decodes the value of an unstructured header field such as `Subject`.
  public static func decode(_ value: String) -> String { decode(value.utf8) }
}
