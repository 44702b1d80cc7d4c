/// The value of `Content-Disposition`: RFC 2183.
///
/// ```swift
/// var disposition = MIMEContentDisposition.attachment("Grüße.txt")
/// disposition.parameters["size"] = "12"
/// disposition.encoded()  // attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.txt; size=12
/// ```
public struct MIMEContentDisposition: Hashable, Sendable {
  /// The disposition type, such as `attachment`, in lower case.
  public var type: String
  /// The parameters.
  public var parameters: MIMEParameters

  /// Creates a disposition.
  ///
  /// - Parameters:
  ///   - type: The disposition type, in lower case.
  ///   - parameters: The parameters.
  public init(_ type: String, _ parameters: MIMEParameters = .init()) {
    self.type = type
    self.parameters = parameters
  }

  /// Reads the value of a header field; `nil` if it has no disposition type.
  ///
  /// - Parameter value: The value, byte for byte as in the message.
  public init?(_ value: some Sequence<UInt8>) {
    var scanner = StructuredScanner(value)
    guard let type = scanner.mimeToken() else { return nil }
    self.init(type.lowercased(), MIMEParameters(&scanner))
  }

  /// Reads the value of a header field; `nil` if it has no disposition type.
  ///
  /// - Parameter value: The value, byte for byte as in the message.
  public init?(_ value: String) { self.init(value.utf8) }

  /// A part that is displayed in the message.
  public static let inline = Self("inline")

  /// A part that is displayed as a file.
  ///
  /// - Parameter fileName: The file's name; `nil` for none.
  /// - Returns: The disposition.
  public static func attachment(_ fileName: String? = nil) -> Self {
    var parameters = MIMEParameters()
    parameters["filename"] = fileName
    return Self("attachment", parameters)
  }

  /// Whether programs should display the part as a file; an unknown disposition counts as an attachment (RFC
  /// 2183, section 2.8).
  public var isAttachment: Bool { type != "inline" }

  /// The parameter `filename` with decoded encoded words; `nil` if it is missing.
  public var fileName: String? { parameters["filename"].map { EncodedWord.decode($0) } }

  /// The parameter `size`: the approximate number of bytes of the decoded content.
  public var size: Int? { parameters["size"].flatMap { Int($0) } }

  /// The parameter `creation-date`; `nil` if it is missing or not a valid date.
  public var creationDate: MailDate? { parameters["creation-date"].flatMap { MailDate($0) } }

  /// The parameter `modification-date`; `nil` if it is missing or not a valid date.
  public var modificationDate: MailDate? {
    parameters["modification-date"].flatMap { MailDate($0) }
  }

  /// The parameter `read-date`; `nil` if it is missing or not a valid date.
  public var readDate: MailDate? { parameters["read-date"].flatMap { MailDate($0) } }

  /// Returns the value as it is written in a header field, folded, with LF between lines.
  ///
  /// - Parameter column: The number of characters before the value in the first line.
  /// - Returns: Printable ASCII, if the type is.
  public func encoded(column: Int = "Content-Disposition: ".utf8.count) -> String {
    type + parameters.encoded(column: column + type.utf8.count)
  }
}
