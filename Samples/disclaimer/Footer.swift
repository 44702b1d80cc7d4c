import MilterMail

/// Why a message is not changed.
struct LeftAlone: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

/// The text that is appended to every form of a message's text, or to none.
struct Footer: Sendable {
  private let text: String
  private let html: String

  /// Makes a footer; without HTML the text is made into it.
  init(text: String, html: String?) {
    let text = text.last?.isNewline == true ? text.dropLast() : text[...]
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    self.text = lines.map { $0 + "\r\n" }.joined()
    self.html = html ?? "<p>" + lines.map(Self.escaped).joined(separator: "<br>\r\n") + "</p>"
  }

  private static func escaped(_ line: Substring) -> String {
    let names: [Character: String] = ["&": "&amp;", "<": "&lt;", ">": "&gt;"]
    return line.map { names[$0] ?? "\($0)" }.joined()
  }

  /// A message with the footer; throws ``LeftAlone`` if it cannot have it.
  func appended(to message: MIMEMessage) throws -> MIMEEditor {
    var editor = MIMEEditor(message)
    let parts = try Self.texts(in: message.root)
    guard !parts.isEmpty else { throw LeftAlone("it has no text") }
    for part in parts {
      // A message that comes through again has it already.
      guard let content = try content(of: part, in: message) else { continue }
      do { try editor.setContent(content, of: part) } catch { throw LeftAlone("\(error)") }
    }
    return editor
  }

  /// The parts that a reader is shown as the text: the first, in each form it has.
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

  /// The content of a part with the footer added; nil if it already has the footer.
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
      let (bytes, end) = (charset.encodeHTML(html), HTMLText(content).end)
      guard !content[..<end].ends(with: bytes) else { return nil }
      return content[..<end] + bytes + content[end...]
    }
    guard let bytes = charset.encode(flowed(part)) else {
      throw LeftAlone("its charset lacks characters of the text")
    }
    guard !content.ends(with: [0x0D, 0x0A, 0x0D, 0x0A] + bytes) else { return nil }
    let isOpen = !content.isEmpty && content.last != 0x0A
    return content + (isOpen ? [0x0D, 0x0A] : []) + [0x0D, 0x0A] + bytes
  }

  /// The text; where lines can flow (RFC 3676), those that would be taken for something else have
  /// a space before them.
  private func flowed(_ part: MIMEPart) -> String {
    guard part.contentType.parameters["format"]?.lowercased() == "flowed" else { return text }
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
    return lines.map { line in
      line.hasPrefix(" ") || line.hasPrefix(">") || line.hasPrefix("From ") ? " \(line)" : "\(line)"
    }.joined(separator: "\r\n")
  }
}

extension MIMEPart {
  /// Whether the message was cut before the part's content, so that no reader shows it.
  fileprivate var endsInHeader: Bool {
    !headerRange.isEmpty && headerRange.upperBound == bodyRange.lowerBound
  }
}

extension BidirectionalCollection<UInt8> where SubSequence: BidirectionalCollection<UInt8> {
  /// Whether the bytes end with a text, regardless of the white space after it.
  fileprivate func ends(with text: [UInt8]) -> Bool {
    let (rest, wanted) = (withoutFinalSpace, text.withoutFinalSpace)
    return rest.suffix(wanted.count).elementsEqual(wanted)
  }

  private var withoutFinalSpace: SubSequence {
    let last = lastIndex { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    return self[..<(last.map(index(after:)) ?? startIndex)]
  }
}
