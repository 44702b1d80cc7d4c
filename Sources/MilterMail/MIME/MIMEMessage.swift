/// A message divided into its parts: RFC 2046.
///
/// A filter collects the header fields in `header` and the bytes in `body`, and reads the whole message in
/// `eom`:
///
/// ```swift
/// func html(_ headers: MailHeaders, _ body: [UInt8]) -> [[UInt8]] {
///   let message = MIMEMessage(headers: headers, body: body)
///   return message.root.all.filter { $0.contentType.is("text", "html") }
///     .compactMap { message.content(of: $0) }
/// }
/// ```
///
/// Every message is accepted. If it is broken, the parts are those that most mail programs would display.
public struct MIMEMessage: Sendable {
  /// The unchanged body.
  public let body: [UInt8]
  /// The message itself; other parts are in its ``MIMEPart/parts``.
  public let root: MIMEPart
  /// Whether all parts were found, and all programs find the same parts.
  ///
  /// If this is `false`, a filter that looks for attachments must treat the message as suspicious, and refuse
  /// or quarantine it: there may be an attachment that it cannot find. It is `false` in these cases:
  ///
  /// - There are more than 32 levels, or more than 1000 parts. Only hostile mail has that.
  /// - A part has several `Content-Type` fields that differ.
  /// - A multipart has no readable boundary, several boundaries, or one that programs read in different ways.
  /// - A multipart has the boundary of a multipart that contains it.
  /// - A line begins like a delimiter and continues after the boundary, or a delimiter follows the closing one.
  ///   Some programs check only the start of a line, and some continue after the closing delimiter.
  /// - A `message/rfc822` or a multipart has a transfer encoding, which the standards do not allow and some
  ///   programs decode. This does not include a multipart in quoted-printable that such programs would divide
  ///   in the same way.
  /// - A part is a `message/global`, a `message/partial`, or any other message that is not only a report. This
  ///   module does not look for its parts.
  /// - A part is text according to the standard, because its `Content-Type` is not valid, but a program might
  ///   treat it as a multipart or a message: `multipart/mixed (; boundary=x`.
  public let isFullyDivided: Bool

  /// Divides a message into its parts.
  ///
  /// - Parameters:
  ///   - headers: The message's header fields.
  ///   - body: The bytes after the header, with CR LF or LF at the end of each line.
  public init(headers: MailHeaders, body: [UInt8]) {
    var parser = MIMEParser(bytes: body)
    self.body = body
    root = parser.part(
      headers, headerRange: 0..<0, bodyRange: 0..<body.count,
      place: MIMEPlace(container: nil, start: 0, end: body.count, isDelimited: false))
    isFullyDivided = parser.isComplete
  }

  /// Returns the text after the end of a part's encoded content, such as a footer that a mailing list has
  /// appended to Base64; empty if there is only white space.
  ///
  /// No mail program displays it. ``content(of:)`` ends before it, and ``MIMEEditor`` does not keep it.
  ///
  /// - Parameter part: A part of this message.
  /// - Returns: Its range in ``body``.
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

  /// Returns a part's content without its transfer encoding; `nil` if the encoding is unknown, or the content
  /// is not valid in it.
  public func content(of part: MIMEPart) -> [UInt8]? {
    part.transferEncoding.decode(body[part.bodyRange.clamped(to: 0..<body.count)])
  }
}
