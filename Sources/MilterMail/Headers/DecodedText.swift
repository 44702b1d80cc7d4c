/// The text of a header field, composed of encoded words and other words.
struct DecodedText {
  private var finished = ""
  /// The bytes of encoded words in one character set, which may end within a character.
  private var pending: (charset: String, bytes: [UInt8], source: [UInt8], isRaw: Bool)?
  /// White space after an encoded word, which belongs to the text only if no other encoded word follows.
  private var gap: [UInt8] = []

  mutating func append(plain bytes: some BidirectionalCollection<UInt8>) {
    guard !bytes.isEmpty else { return }
    if pending != nil, bytes.allSatisfy(ASCII.isSpace) {
      gap += bytes
    } else {
      flush()
      finished += String(decoding: bytes, as: UTF8.self)
    }
  }

  mutating func append(_ word: EncodedWord, source: some Collection<UInt8>) {
    if let charset = pending?.charset, ASCII.isSame(charset, word.charsetName) {
      // In place, because copying for each word would take quadratic time.
      pending?.bytes += word.bytes
      pending?.source += gap
      pending?.source += source
      if word.isRaw { pending?.isRaw = true }
    } else {
      // White space between encoded words of different character sets also does not belong to the text.
      if let pending, isDecodable(pending.charset), isDecodable(word.charsetName) { gap = [] }
      flush()
      pending = (word.charsetName, word.bytes, Array(source), word.isRaw)
    }
    gap = []
  }

  private func isDecodable(_ charset: String) -> Bool { MailCharset(named: charset) != nil }

  private mutating func flush() {
    if let pending {
      let charset = MailCharset(named: pending.charset)
      let isLenient = charset != nil && pending.isRaw
      finished +=
        charset?.decode(pending.bytes)
        ?? String(decoding: isLenient ? pending.bytes : pending.source, as: UTF8.self)
    }
    finished += String(decoding: gap, as: UTF8.self)
    pending = nil
    gap = []
  }

  /// The decoded text.
  var text: String {
    var copy = self
    copy.flush()
    return copy.finished
  }
}
