/// Writes the body of a message with the changes of an editor.
struct MIMEEditorWriter {
  private let editor: MIMEEditor
  private var output: [UInt8] = []
  /// The number of bytes of the original body that were written or skipped.
  private var position = 0

  init(_ editor: MIMEEditor) { self.editor = editor }

  /// The written bytes, and the rest of the message.
  var finished: [UInt8] { output + editor.message.body[position...] }

  /// Writes the subparts of a part.
  mutating func writeParts(of part: MIMEPart) {
    guard let frame = part.frame else {
      for inner in part.parts { writeMessage(inner) }
      return
    }
    var isLeft = false
    for inner in part.parts {
      isLeft = add(editor.additions[.before(inner.number)], at: inner.place.start, frame) || isLeft
      isLeft = write(inner) || isLeft
      isLeft = add(editor.additions[.after(inner.number)], at: inner.place.end, frame) || isLeft
    }
    var added = editor.additions[.end(of: part.number)] ?? []
    if part.number == 0 { added += editor.appendedAttachments ?? [] }
    if !isLeft, added.isEmpty, !part.parts.isEmpty, !frame.isUndivided { added = [Self.emptyText] }
    if let closing = frame.closing {
      _ = add(added, at: closing, frame)
    } else if let last = part.parts.last, !last.place.isDelimited, isRemoved(last) {
      // The delimiter before the part was removed with it, and the closing one replaces it.
      close(added, frame, isRoot: part.number == 0)
    } else if !added.isEmpty {
      copy(to: part.bodyRange.upperBound)
      output += ASCII.crlf
      close(added, frame, isRoot: part.number == 0)
    }
  }

  private static let emptyText = Array("Content-Type: text/plain\r\n\r\n".utf8)

  private func isRemoved(_ part: MIMEPart) -> Bool {
    if case .removed = editor.changes[part.number] { true } else { false }
  }

  /// Writes a part of a multipart; returns `false` if it was removed.
  private mutating func write(_ part: MIMEPart) -> Bool {
    switch editor.changes[part.number] {
    case .removed:
      copy(to: part.place.start)
      position = part.place.end
      return false
    case .replaced(let text):
      copy(to: part.range.lowerBound)
      output += text.bytes
      position = part.range.upperBound
    case .content(let content, let encoding): write(part, content, encoding)
    case nil: writeParts(of: part)
    }
    return true
  }

  /// Writes a message in a `message/rfc822` part.
  private mutating func writeMessage(_ part: MIMEPart) {
    switch editor.changes[part.number] {
    case .replaced(let text):
      copyHeader(of: part) { !MIMEEditor.isAboutContent($0) && !MIMEEditor.isStale($0) }
      if part.headers["MIME-Version"] == nil { output += Array("MIME-Version: 1.0\r\n".utf8) }
      output +=
        MIMEEntityText.header(text.fields.filter { MIMEEditor.isAboutContent($0.name) })
        + ASCII.crlf + text.body
      position = part.bodyRange.upperBound
    case .content(let content, let encoding): write(part, content, encoding)
    case .removed, nil: writeParts(of: part)
    }
  }

  /// Writes a part with new content.
  private mutating func write(
    _ part: MIMEPart, _ content: [UInt8], _ encoding: MIMETransferEncoding
  ) {
    let isEncoded = encoding != part.transferEncoding
    copyHeader(of: part) {
      !MIMEEditor.isStale($0) && !(isEncoded && ASCII.isSame($0, MIMEEditor.encodingName))
    }
    if isEncoded {
      output += Array("\(MIMEEditor.encodingName): \(encoding.name)\r\n".utf8)
    }
    // The part may end with its header, without an empty line.
    let isCut = part.headerRange.upperBound == part.bodyRange.lowerBound
    if isCut { output += ASCII.crlf } else { copy(to: part.bodyRange.lowerBound) }
    output += content
    position = part.bodyRange.upperBound
  }

  /// Copies the wanted header fields of a part and everything between them, and ends the last line.
  private mutating func copyHeader(of part: MIMEPart, _ isWanted: (String) -> Bool) {
    for field in part.headers where !isWanted(field.name) {
      copy(to: field.range.lowerBound)
      position = field.range.upperBound
    }
    copy(to: part.headerRange.upperBound)
    if !part.headerRange.isEmpty, output.last.map({ $0 != ASCII.lf }) ?? false {
      output += ASCII.crlf
    }
  }

  private mutating func copy(to end: Int) {
    guard end > position else { return }
    output += editor.message.body[position..<end]
    position = end
  }

  /// Adds parts before a delimiter line; returns false if there are no parts to add.
  private mutating func add(_ parts: [[UInt8]]?, at place: Int, _ frame: MIMEFrame) -> Bool {
    guard let parts, !parts.isEmpty else { return false }
    copy(to: place)
    for part in parts { output += frame.delimiter + ASCII.crlf + part + ASCII.crlf }
    return true
  }

  /// Adds parts at the end of a multipart that has no closing delimiter, and the delimiter.
  private mutating func close(_ parts: [[UInt8]], _ frame: MIMEFrame, isRoot: Bool) {
    _ = add(parts, at: position, frame)
    output += frame.delimiter + Array("--".utf8) + (isRoot ? ASCII.crlf : [])
  }
}
