/// A new part for ``MIMEEditor``.
///
/// ```swift
/// let notice = MIMEEntity(text: "The attachment invoice.exe was removed.\n")
/// let picture = MIMEEntity(attachment: [0x89, 0x50], fileName: "Grüße.png", .init("image", "png"))
/// ```
///
/// ASCII text with short lines stays unchanged, and other text becomes quoted-printable. All other content
/// becomes base64. A `message/…` is never encoded, and must consist of lines of at most 998 bytes without NUL.
public struct MIMEEntity: Sendable {
  /// The content of a part after its header fields.
  public enum Body: Sendable {
    /// The content without transfer encoding; text has CR LF at the end of each line.
    case content([UInt8])
    /// The parts of a multipart, whose boundary is chosen later. A multipart without parts gets an empty text
    /// part.
    case parts([MIMEEntity])
  }

  /// The type of the part.
  ///
  /// The parameter `boundary` of a multipart is replaced.
  public var contentType: MIMEContentType
  /// How programs should display the part.
  public var disposition: MIMEContentDisposition?
  /// Further header fields, such as `Content-ID` and `Content-Description`.
  public var fields = MailHeaders()
  /// The content after the header fields.
  public var body: Body

  /// Creates a part with content.
  ///
  /// - Parameters:
  ///   - contentType: The type of the part.
  ///   - content: The content without transfer encoding; text has CR LF at the end of each line.
  ///   - disposition: How programs should display the part.
  public init(
    _ contentType: MIMEContentType, content: [UInt8], disposition: MIMEContentDisposition? = nil
  ) {
    self.contentType = contentType
    self.disposition = disposition
    body = .content(content)
  }

  /// Creates a part with text in UTF-8.
  ///
  /// - Parameters:
  ///   - text: The text; its lines may end with CR, LF, or CR LF.
  ///   - subtype: The subtype, such as `html`.
  public init(text: String, subtype: String = "plain") {
    var type = MIMEContentType("text", subtype)
    type.parameters["charset"] = text.utf8.allSatisfy { $0 < 0x80 } ? "us-ascii" : "utf-8"
    self.init(type, content: Self.lines(text.utf8))
  }

  /// Creates an attachment.
  ///
  /// - Parameters:
  ///   - attachment: The bytes of the file.
  ///   - fileName: The file's name.
  ///   - contentType: The type of the file.
  public init(
    attachment: [UInt8], fileName: String,
    _ contentType: MIMEContentType = .init("application", "octet-stream")
  ) {
    self.init(contentType, content: attachment, disposition: .attachment(fileName))
  }

  /// Creates a multipart.
  ///
  /// - Parameters:
  ///   - subtype: The subtype, such as `alternative`.
  ///   - parts: Its parts.
  public init(multipart subtype: String = "mixed", _ parts: [MIMEEntity]) {
    contentType = MIMEContentType("multipart", subtype)
    body = .parts(parts)
  }

  /// Returns a text with CR LF at the end of each line.
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
