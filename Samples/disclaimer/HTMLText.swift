/// The place in HTML where appended text is shown.
///
/// A small part of the tokenizer of the HTML standard: it knows comments, tags with their
/// attributes, and elements whose content is no markup, so that nothing is put inside of them.
struct HTMLText {
  /// The bytes with capital letters made small.
  private let small: [UInt8]

  /// Elements whose content is not shown, or is no markup.
  private static let raw = [
    "script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "template",
    "plaintext",
  ]

  init(_ bytes: [UInt8]) {
    small = bytes.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }
  }

  /// The offset where a reader is shown what is inserted: before the last `</body>` or `</html>`
  /// that is markup, else at the end, or before what is not closed there.
  var end: Int {
    var position = 0
    var (body, document): (Int?, Int?)
    while let start = small[position...].firstIndex(of: UInt8(ascii: "<")) {
      guard let next = tokenEnd(start) else { return body ?? document ?? start }
      if isTag("</body", at: start) { body = start }
      if isTag("</html", at: start) { document = start }
      position = next
    }
    return body ?? document ?? small.count
  }

  /// The offset after what starts with a `<`; `nil` if it does not end.
  private func tokenEnd(_ start: Int) -> Int? {
    if starts(with: "<!--", at: start) { return commentEnd(start + 4) }
    guard start + 1 < small.count else { return nil }
    let isLetter = { (index: Int) in index < small.count && 0x61...0x7A ~= small[index] }
    switch small[start + 1] {
    case UInt8(ascii: "!"), UInt8(ascii: "?"): return after(">", from: start + 2)
    case UInt8(ascii: "/"):
      if isLetter(start + 2) { return tagEnd(start + 2) }
      return start + 2 < small.count ? after(">", from: start + 2) : nil
    default: break
    }
    guard isLetter(start + 1) else { return start + 1 }
    guard let end = tagEnd(start + 1) else { return nil }
    guard let name = Self.raw.first(where: { isTag("<\($0)", at: start) }) else { return end }
    return rawEnd(name, from: end)
  }

  private func commentEnd(_ start: Int) -> Int? {
    if starts(with: ">", at: start) { return start + 1 }
    if starts(with: "->", at: start) { return start + 2 }
    for index in small.indices.dropFirst(start) where small[index] == UInt8(ascii: "-") {
      if starts(with: "-->", at: index) { return index + 3 }
      if starts(with: "--!>", at: index) { return index + 4 }
    }
    return nil
  }

  /// The offset after a tag, whose attributes may have `>` in quotes.
  private func tagEnd(_ start: Int) -> Int? {
    var quote: UInt8?
    var isValue = false
    for index in small[start...].indices {
      let byte = small[index]
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

  /// The offset after an element without markup; a script may have a script in a comment.
  private func rawEnd(_ name: String, from start: Int) -> Int? {
    guard name != "plaintext" else { return nil }
    var (isEscaped, depth, position) = (false, 0, start)
    while position < small.count {
      if name == "script", starts(with: "<!--", at: position) { isEscaped = true }
      if name == "script", starts(with: "-->", at: position) { (isEscaped, depth) = (false, 0) }
      let isNested = name == "template" || isEscaped && depth == 0
      if name == "script" || name == "template", isNested, isTag("<\(name)", at: position) {
        depth += 1
      } else if isTag("</\(name)", at: position) {
        if depth == 0 { return tagEnd(position + 2) }
        depth -= 1
      }
      position += 1
    }
    return nil
  }

  /// Whether a tag of this name starts here.
  private func isTag(_ tag: String, at index: Int) -> Bool {
    guard starts(with: tag, at: index) else { return false }
    let next = index + tag.utf8.count
    return next == small.count || [0x20, 0x09, 0x0A, 0x0C, 0x0D, 0x2F, 0x3E].contains(small[next])
  }

  private func starts(with text: String, at index: Int) -> Bool {
    index <= small.count && small[index...].starts(with: text.utf8)
  }

  /// The offset after the next occurrence of a text.
  private func after(_ text: String, from start: Int) -> Int? {
    var index = min(start, small.count)
    while index < small.count {
      if starts(with: text, at: index) { return index + text.utf8.count }
      index += 1
    }
    return nil
  }
}
