import MilterMail

/// The text that is appended to all forms of a message's text, or to none.
struct Footer: Sendable {
  private let text: String
  private let html: String

  /// Creates a footer.
  ///
  /// - Parameters:
  ///   - text: The text for parts of plain text.
  ///   - html: The HTML for parts of HTML; `nil` to make it from the text.
  init(text: String, html: String?) {
    let text = text.last?.isNewline == true ? text.dropLast() : text[...]
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    self.text = lines.map { $0 + "\r\n" }.joined()
    self.html = html ?? "<p>" + lines.map(Self.escaped).joined(separator: "<br>\r\n") + "</p>"
  }

  private static func escaped(_ line: Substring) -> String {
    let references: [Character: String] = ["&": "&amp;", "<": "&lt;", ">": "&gt;"]
    return line.map { references[$0] ?? String($0) }.joined()
  }

  /// Appends the footer to a message.
  ///
  /// - Throws: ``LeftAlone`` if the message must not or cannot have the footer.
  func appended(to message: MIMEMessage) throws -> MIMEEditor {
    var editor = MIMEEditor(message)
    let parts = try Self.texts(in: message.root)
    guard !parts.isEmpty else { throw LeftAlone("it has no text") }
    for part in parts {
      guard let content = try content(of: part, in: message) else { continue }
      do {
        try editor.setContent(content, of: part)
      } catch {
        throw LeftAlone("\(error)")
      }
    }
    return editor
  }

  /// Returns the parts that mail programs display as the message's text: the first text, in all its forms.
  private static func texts(in part: MIMEPart) throws -> [MIMEPart] {
    let type = part.contentType
    switch (type.type, type.subtype) {
    case ("multipart", "signed"), ("multipart", "encrypted"), ("application", "pkcs7-mime"),
      ("application", "x-pkcs7-mime"):
      throw LeftAlone("it is signed or encrypted")
    case ("multipart", "report"): throw LeftAlone("it is a report")
    case ("multipart", "alternative"): return try part.parts.flatMap(texts)
    case ("multipart", "related"): return try part.relatedRoot.map(texts) ?? []
    case ("multipart", _):
      for inner in part.parts {
        let found = try texts(in: inner)
        if !found.isEmpty { return found }
      }
      return []
    case ("text", "plain"), ("text", "html"):
      return part.isAttachment || part.endsInHeader ? [] : [part]
    default: return []
    }
  }

  /// The content of a part with the footer.
  ///
  /// - Returns: `nil` if the content already has the footer, because the message has passed the filter before.
  private func content(of part: MIMEPart, in message: MIMEMessage) throws -> [UInt8]? {
    guard let charset = part.contentType.charset else {
      throw LeftAlone("its charset is not known")
    }
    guard let content = message.content(of: part) else {
      throw LeftAlone("its transfer encoding is not known or broken")
    }
    guard message.trailer(of: part).isEmpty else {
      throw LeftAlone("it has text after its encoded content")
    }
    guard charset.decode(content) != nil else {
      throw LeftAlone("it is not valid in its charset")
    }
    if part.contentType.subtype == "html" {
      return appended(html: charset.encodeHTML(html), to: content)
    }
    guard let bytes = charset.encode(plainText(for: part)) else {
      throw LeftAlone("its charset lacks characters of the text")
    }
    return appended(text: bytes, to: content)
  }

  private func appended(html: [UInt8], to content: [UInt8]) -> [UInt8]? {
    let end = HTMLText(content).end
    guard !content[..<end].ends(with: html) else { return nil }
    return content[..<end] + html + content[end...]
  }

  /// Appends the text after an empty line.
  private func appended(text: [UInt8], to content: [UInt8]) -> [UInt8]? {
    let newline = Array("\r\n".utf8)
    guard !content.ends(with: newline + newline + text) else { return nil }
    let lacksNewline = !content.isEmpty && content.last != newline.last
    return content + (lacksNewline ? newline : []) + newline + text
  }

  /// The text for a part of plain text.
  ///
  /// In the format "flowed" (RFC 3676), lines that begin with a space, `>`, or `From ` need a space before
  /// them.
  private func plainText(for part: MIMEPart) -> String {
    guard part.contentType.parameters["format"]?.lowercased() == "flowed" else { return text }
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
    let stuffed = lines.map { line in
      let needsSpace = [" ", ">", "From "].contains { line.hasPrefix($0) }
      return needsSpace ? " \(line)" : String(line)
    }
    return stuffed.joined(separator: "\r\n")
  }
}

extension MIMEPart {
  /// Whether the message ends before the part's content.
  ///
  /// Mail programs do not display such a part.
  fileprivate var endsInHeader: Bool {
    !headerRange.isEmpty && headerRange.upperBound == bodyRange.lowerBound
  }
}

extension BidirectionalCollection<UInt8> where SubSequence: BidirectionalCollection<UInt8> {
  /// Whether the bytes end with a text.
  ///
  /// White space at the end of either does not count.
  fileprivate func ends(with text: [UInt8]) -> Bool {
    let end = text.withoutTrailingSpace
    return withoutTrailingSpace.suffix(end.count).elementsEqual(end)
  }

  private var withoutTrailingSpace: SubSequence {
    let last = lastIndex { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    return self[..<(last.map(index(after:)) ?? startIndex)]
  }
}
