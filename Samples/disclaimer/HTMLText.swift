/// HTML in which the filter searches for the place to append text.
///
/// This is a small part of the tokenizer in the HTML standard. It recognizes comments, tags with their
/// attributes, and elements whose content is not markup, so that the place is never inside one of them.
struct HTMLText {
  /// The bytes in lower case.
  private let bytes: [UInt8]

  /// Elements whose content is not displayed, or is not markup.
  private static let raw = [
    "script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "template",
    "plaintext",
  ]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes.map { byte in
      let isCapital = UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
      return isCapital ? byte | 0x20 : byte
    }
  }

  /// The offset at which browsers display inserted text.
  ///
  /// This is before the last `</body>`, or before the last `</html>` if there is no `</body>`. Without
  /// either it is the end of the text, or the start of a comment, tag, or element that is not closed.
  var end: Int {
    var position = 0
    var body: Int?
    var document: Int?
    while let start = bytes[position...].firstIndex(of: UInt8(ascii: "<")) {
      guard let next = tokenEnd(start) else { return body ?? document ?? start }
      if isTag("</body", at: start) { body = start }
      if isTag("</html", at: start) { document = start }
      position = next
    }
    return body ?? document ?? bytes.count
  }

  /// The offset after the comment, tag, or element that starts with a `<`; `nil` if it is not closed.
  private func tokenEnd(_ start: Int) -> Int? {
    if starts(with: "<!--", at: start) { return commentEnd(start + 4) }
    guard start + 1 < bytes.count else { return nil }
    switch bytes[start + 1] {
    case UInt8(ascii: "!"), UInt8(ascii: "?"):
      return after(">", from: start + 2)
    case UInt8(ascii: "/"):
      guard start + 2 < bytes.count else { return nil }
      return isLetter(at: start + 2) ? tagEnd(start + 2) : after(">", from: start + 2)
    default: break
    }
    // Any other `<` is text.
    guard isLetter(at: start + 1) else { return start + 1 }
    guard let end = tagEnd(start + 1) else { return nil }
    guard let name = Self.raw.first(where: { isTag("<\($0)", at: start) }) else { return end }
    return rawEnd(name, from: end)
  }

  /// The offset after a comment, whose text starts at an offset.
  private func commentEnd(_ start: Int) -> Int? {
    if starts(with: ">", at: start) { return start + 1 }
    if starts(with: "->", at: start) { return start + 2 }
    for index in bytes.indices.dropFirst(start) where bytes[index] == UInt8(ascii: "-") {
      if starts(with: "-->", at: index) { return index + 3 }
      if starts(with: "--!>", at: index) { return index + 4 }
    }
    return nil
  }

  /// The offset after a tag.
  ///
  /// Its attributes may have `>` in quotes.
  private func tagEnd(_ start: Int) -> Int? {
    var quote: UInt8?
    var isValue = false
    for index in bytes[start...].indices {
      let byte = bytes[index]
      if let open = quote {
        if byte == open { quote = nil }
        continue
      }
      switch byte {
      case UInt8(ascii: ">"): return index + 1
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        if isValue { quote = byte }
        isValue = false
      case UInt8(ascii: "="): isValue = true
      case 0x20, 0x09, 0x0A, 0x0C, 0x0D: break
      default: isValue = false
      }
    }
    return nil
  }

  /// The offset after an element whose content is not markup.
  ///
  /// Templates can contain templates. A script can contain another script within `<!--` and `-->`.
  private func rawEnd(_ name: String, from start: Int) -> Int? {
    guard name != "plaintext" else { return nil }
    var isInComment = false
    var depth = 0
    var position = start
    while position < bytes.count {
      if name == "script", starts(with: "<!--", at: position) { isInComment = true }
      if name == "script", starts(with: "-->", at: position) {
        isInComment = false
        depth = 0
      }
      let canNest =
        switch name {
        case "template": true
        case "script": isInComment && depth == 0
        default: false
        }
      if canNest, isTag("<\(name)", at: position) {
        depth += 1
      } else if isTag("</\(name)", at: position) {
        if depth == 0 { return tagEnd(position + 2) }
        depth -= 1
      }
      position += 1
    }
    return nil
  }

  /// Whether a tag starts at an offset, for example `<body`.
  private func isTag(_ tag: String, at index: Int) -> Bool {
    guard starts(with: tag, at: index) else { return false }
    let next = index + tag.utf8.count
    return next == bytes.count || " \t\n\u{0C}\r/>".utf8.contains(bytes[next])
  }

  private func isLetter(at index: Int) -> Bool {
    index < bytes.count && UInt8(ascii: "a")...UInt8(ascii: "z") ~= bytes[index]
  }

  private func starts(with text: String, at index: Int) -> Bool {
    index <= bytes.count && bytes[index...].starts(with: text.utf8)
  }

  /// The offset after the next occurrence of a text.
  private func after(_ text: String, from start: Int) -> Int? {
    var index = min(start, bytes.count)
    while index < bytes.count {
      if starts(with: text, at: index) { return index + text.utf8.count }
      index += 1
    }
    return nil
  }
}
