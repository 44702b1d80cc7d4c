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
  /// Whether all parts were found.
  ///
  /// A message with parts that lie more than 32 levels deep, or with more than 1000 parts, is not
  /// divided further. A scanner should refuse such a message: there is no such mail but hostile mail.
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

  /// What stands after the end of a part's encoded content, such as the footer that a mailing list
  /// has appended to Base64; empty if there is nothing but white space.
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
