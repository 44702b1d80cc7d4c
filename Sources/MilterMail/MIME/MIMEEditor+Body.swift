extension MIMEEditor {
  /// The body with all changes.
  public var body: [UInt8] {
    let body = innerBody
    return wrapped(body).map { $0.prefix + body + $0.suffix } ?? body
  }

  /// The body without the multipart that was added around it for attachments.
  var innerBody: [UInt8] {
    switch changes[0] {
    case .content(let bytes, _): return bytes
    case .replaced(let text): return text.body
    case .removed, nil: break
    }
    var writer = MIMEEditorWriter(self)
    writer.writeParts(of: message.root)
    return writer.finished
  }

  /// Returns the bytes before and after the body if the message becomes a part of a new multipart.
  func wrapped(_ body: [UInt8]) -> (boundary: String, prefix: [UInt8], suffix: [UInt8])? {
    guard let attachments = wrappingAttachments else { return nil }
    let header = contentFields.flatMap { field in
      Array("\(field.name):".utf8) + Self.spaced(field.rawValue) + ASCII.crlf
    }
    let boundary = MIMEBoundary.unused(in: [body, header] + attachments)
    let prefix = Array("--\(boundary)\r\n".utf8) + header + ASCII.crlf
    return (boundary, prefix, ASCII.crlf + MIMEEntityText.multipart(attachments, boundary))
  }

  /// Returns a value as it is written after a colon, with CR LF at the end of each line.
  private static func spaced(_ value: [UInt8]) -> [UInt8] {
    let isSpaced = value.first.map(ASCII.isSpace) ?? false
    var result: [UInt8] = isSpaced ? [] : [ASCII.space]
    for byte in value where byte != ASCII.cr {
      if byte == ASCII.lf { result += ASCII.crlf } else { result.append(byte) }
    }
    return result
  }
}
