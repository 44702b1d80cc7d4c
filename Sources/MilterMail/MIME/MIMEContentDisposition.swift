/// The value of `Content-Disposition`: RFC 2183.
///
/// ```swift
/// var disposition = MIMEContentDisposition.attachment("Grüße.txt")
/// disposition.parameters["size"] = "12"
/// disposition.encoded()  // attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.txt; size=12
/// ```
public struct MIMEContentDisposition: Hashable, Sendable {
  /// The disposition type, such as `attachment`, in small letters.
  public var type: String
  /// The parameters after it.
  public var parameters: MIMEParameters

  /// Makes a disposition.
  ///
  /// - Parameters:
  ///   - type: the disposition type, in small letters.
  ///   - parameters: what follows it.
  public init(_ type: String, _ parameters: MIMEParameters = .init()) {
    self.type = type
    self.parameters = parameters
  }

  /// Reads a header field's value; `nil` if it has no disposition type.
  ///
  /// - Parameter value: the value, byte for byte as in the message.
  public init?(_ value: some Sequence<UInt8>) {
    var scanner = StructuredScanner(value)
    guard let type = scanner.mimeToken() else { return nil }
    self.init(type.lowercased(), MIMEParameters(&scanner))
  }

  /// Reads a header field's value; `nil` if it has no disposition type.
  ///
  /// - Parameter value: the value, byte for byte as in the message.
  public init?(_ value: String) { self.init(value.utf8) }

  /// A part that is shown among the others.
  public static let inline = Self("inline")

  /// A part that is shown as a file.
  ///
  /// - Parameter fileName: the file's name; `nil` for none.
  /// - Returns: the disposition.
  public static func attachment(_ fileName: String? = nil) -> Self {
    var parameters = MIMEParameters()
    parameters["filename"] = fileName
    return Self("attachment", parameters)
  }

  /// Whether programs should show the part as a file: a disposition that is not known is taken for an
  /// attachment (RFC 2183, section 2.8).
  public var isAttachment: Bool { type != "inline" }

  /// The parameter `filename` with its encoded words decoded; `nil` if it is missing.
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

  /// The value as it is written in a header field, folded, lines separated by LF.
  ///
  /// - Parameter column: the number of characters before it in the first line.
  /// - Returns: printable ASCII if the type is.
  public func encoded(column: Int = "Content-Disposition: ".utf8.count) -> String {
    type + parameters.encoded(column: column + type.utf8.count)
  }
}
