/// A part of a message, or the message itself: headers, and where the bytes lie that belong to it.
///
/// Ranges are offsets into ``MIMEMessage/body``.
public struct MIMEPart: Sendable {
  /// The header fields.
  public let headers: MailHeaders
  /// What the part is; what the standard says it is if the header is missing or cannot be read.
  public let contentType: MIMEContentType
  /// How it is encoded; 7bit if no header says so.
  public let transferEncoding: MIMETransferEncoding
  /// Where the header fields lie, without the empty line behind them; empty for the message itself,
  /// whose header fields are not in the body.
  public let headerRange: Range<Int>
  /// Where the content lies, as it is encoded.
  public let bodyRange: Range<Int>
  /// The parts of a multipart, or the message within a `message/rfc822`.
  public let parts: [MIMEPart]

  /// Whether the sender wants it shown as a file rather than as text.
  public var isAttachment: Bool {
    guard let field = headers.all("Content-Disposition").first else { return false }
    var scanner = StructuredScanner(field.rawValue)
    // RFC 2183, 2.8: a disposition that is not known is taken for an attachment.
    return scanner.mimeToken().map { $0.lowercased() != "inline" } ?? false
  }

  /// The part of a `multipart/related` that the others belong to: RFC 2387, section 3.2.
  ///
  /// The parameter `start` names its `Content-ID`; without a match, it is the first part. `nil` for a
  /// part without subparts or of any other type.
  public var relatedRoot: MIMEPart? {
    guard contentType.is("multipart", "related") else { return nil }
    let start = contentType.parameters["start"].map { Self.identifier($0) }
    return parts.first { part in
      start != nil && part.headers["Content-ID"].map { Self.identifier($0) } == start
    } ?? parts.first
  }

  /// A message identifier without angle brackets and comments.
  private static func identifier(_ text: String) -> String {
    var scanner = StructuredScanner(text.utf8)
    _ = try? scanner.skipCFWS()
    var rest = text.utf8.dropFirst(scanner.position).trimmed
    if rest.first == UInt8(ascii: "<"), let end = rest.firstIndex(of: UInt8(ascii: ">")) {
      rest = rest[..<end].dropFirst()
    }
    return String(Substring(rest))
  }

  /// The part and all within it, each before its own parts.
  public var all: [MIMEPart] { [self] + parts.flatMap(\.all) }
}
