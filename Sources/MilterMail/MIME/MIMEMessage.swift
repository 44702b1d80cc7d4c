/// A message by its parts: RFC 2046.
///
/// A filter collects the header fields in `header` and the bytes in `body`, and looks at the whole
/// in `eom`:
///
/// ```swift
/// func html(_ headers: MailHeaders, _ body: [UInt8]) -> [[UInt8]] {
///   let message = MIMEMessage(headers: headers, body: body)
///   return message.root.all.filter { $0.contentType.is("text", "html") }
///     .compactMap { message.content(of: $0) }
/// }
/// ```
///
/// No message is refused: of one that is broken, the parts are those a reader would most likely
/// show.
public struct MIMEMessage: Sendable {
  /// The body, as it came.
  public let body: [UInt8]
  /// The message itself; other parts are in its ``MIMEPart/parts``.
  public let root: MIMEPart
  /// Whether all parts were found, and every program finds the same.
  ///
  /// A filter that looks for attachments must treat a message for which this is false as suspect, and
  /// refuse it or put it aside: what it looks for may be where it cannot look. It is false if
  ///
  /// - parts lie more than 32 levels deep, or are more than 1000; there is no such mail but hostile mail;
  /// - a part has several `Content-Type` fields that differ;
  /// - a multipart has no boundary that can be read, several, or one that programs read in different ways;
  /// - a multipart has the boundary of one that it stands in;
  /// - a line begins like a delimiter but goes on after the boundary, or a delimiter comes after the
  ///   closing one: some programs look at the start of a line only, and some go on after the end;
  /// - a `message/rfc822` or a multipart has a transfer encoding, which no standard allows and some
  ///   programs decode; a multipart in quoted-printable that they would divide in the same way is
  ///   no such case;
  /// - a part is a `message/global`, `message/partial` or any other message that is no mere report, whose
  ///   parts are not looked for;
  /// - a part is text by the standard because its `Content-Type` cannot be read, but a program might
  ///   take it for a multipart or a message: `multipart/mixed (; boundary=x`.
  public let isFullyDivided: Bool

  /// Divides a message into its parts.
  ///
  /// - Parameters:
  ///   - headers: the message's header fields.
  ///   - body: all that follows them, lines ended by CR LF or LF.
  public init(headers: MailHeaders, body: [UInt8]) {
    var parser = MIMEParser(bytes: body)
    self.body = body
    root = parser.part(
      headers, headerRange: 0..<0, bodyRange: 0..<body.count,
      place: MIMEPlace(container: nil, start: 0, end: body.count, isDelimited: false))
    isFullyDivided = parser.isComplete
  }

  /// The text after the end of a part's encoded content, such as the footer that a mailing list
  /// has appended to Base64; empty if there is only white space.
  ///
  /// No reader shows it. ``content(of:)`` ends before it, and so does what ``MIMEEditor`` keeps.
  ///
  /// - Parameter part: a part of this message.
  /// - Returns: its range in ``body``.
  public func trailer(of part: MIMEPart) -> Range<Int> {
    let range = part.bodyRange.clamped(to: 0..<body.count)
    guard part.transferEncoding == .base64, let length = Base64.contentEnd(body[range]) else {
      return range.upperBound..<range.upperBound
    }
    let start = range.lowerBound + length
    let isEmpty = body[start..<range.upperBound].allSatisfy {
      ASCII.isSpace($0) || $0 == UInt8(ascii: "=")
    }
    return (isEmpty ? range.upperBound : start)..<range.upperBound
  }

  /// A part's content without its transfer encoding; nil if that is not known, or not kept to.
  public func content(of part: MIMEPart) -> [UInt8]? {
    part.transferEncoding.decode(body[part.bodyRange.clamped(to: 0..<body.count)])
  }
}
