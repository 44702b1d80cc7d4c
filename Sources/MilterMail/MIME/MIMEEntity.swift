/// A new part for ``MIMEEditor``.
///
/// ```swift
/// let notice = MIMEEntity(text: "The attachment invoice.exe was removed.\n")
/// let picture = MIMEEntity(attachment: [0x89, 0x50], fileName: "Grüße.png", .init("image", "png"))
/// ```
///
/// A text is written as it is if it is ASCII with lines that are short enough, otherwise as
/// quoted-printable; all other content is base64. A `message/…` is never encoded, and must be lines
/// of at most 998 bytes without NUL.
public struct MIMEEntity: Sendable {
  /// The content of a part after its header fields.
  public enum Body: Sendable {
    /// The content without transfer encoding; a text has lines ended by CR LF.
    case content([UInt8])
    /// The parts of a multipart, whose boundary is chosen when it is written. Without parts it gets
    /// an empty text.
    case parts([MIMEEntity])
  }

  /// The type of the part.
  ///
  /// The parameter `boundary` of a multipart is replaced.
  public var contentType: MIMEContentType
  /// The way in which programs should show the part.
  public var disposition: MIMEContentDisposition?
  /// Further header fields, such as `Content-ID` and `Content-Description`.
  public var fields = MailHeaders()
  /// The content after the header fields.
  public var body: Body

  /// Makes a part with content.
  ///
  /// - Parameters:
  ///   - contentType: what the part is.
  ///   - content: the content without transfer encoding; a text has lines ended by CR LF.
  ///   - disposition: How programs should show the part.
  public init(
    _ contentType: MIMEContentType, content: [UInt8], disposition: MIMEContentDisposition? = nil
  ) {
    self.contentType = contentType
    self.disposition = disposition
    body = .content(content)
  }

  /// Makes a part of text in UTF-8.
  ///
  /// - Parameters:
  ///   - text: the text; its lines may end with CR, LF or both.
  ///   - subtype: the subtype, such as `html`.
  public init(text: String, subtype: String = "plain") {
    var type = MIMEContentType("text", subtype)
    type.parameters["charset"] = text.utf8.allSatisfy { $0 < 0x80 } ? "us-ascii" : "utf-8"
    self.init(type, content: Self.lines(text.utf8))
  }

  /// Makes an attachment.
  ///
  /// - Parameters:
  ///   - attachment: the file.
  ///   - fileName: its name.
  ///   - contentType: what it is.
  public init(
    attachment: [UInt8], fileName: String,
    _ contentType: MIMEContentType = .init("application", "octet-stream")
  ) {
    self.init(contentType, content: attachment, disposition: .attachment(fileName))
  }

  /// Makes a multipart.
  ///
  /// - Parameters:
  ///   - subtype: the subtype, such as `alternative`.
  ///   - parts: its parts.
  public init(multipart subtype: String = "mixed", _ parts: [MIMEEntity]) {
    contentType = MIMEContentType("multipart", subtype)
    body = .parts(parts)
  }

  /// A text whose lines end with CR LF.
  private static func lines(_ text: some Sequence<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var last: UInt8?
    for byte in text {
      if byte == ASCII.cr || byte == ASCII.lf && last != ASCII.cr {
        result += ASCII.crlf
      } else if byte != ASCII.lf {
        result.append(byte)
      }
      last = byte
    }
    return result
  }
}
