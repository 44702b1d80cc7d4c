/// The value of `Content-Type`: RFC 2045, section 5.
public struct MIMEContentType: Hashable, Sendable {
  /// The media type, such as `text`, in lower case.
  public var type: String
  /// The subtype, such as `plain`, in lower case.
  public var subtype: String
  /// The parameters.
  public var parameters: MIMEParameters

  /// Creates a content type.
  ///
  /// - Parameters:
  ///   - type: The media type, in lower case.
  ///   - subtype: The subtype, in lower case.
  ///   - parameters: The parameters.
  public init(_ type: String, _ subtype: String, _ parameters: MIMEParameters = .init()) {
    self.type = type
    self.subtype = subtype
    self.parameters = parameters
  }

  /// Reads the value of a header field; `nil` if it is not a content type.
  ///
  /// - Parameter value: The value, byte for byte as in the message.
  public init?(_ value: some Sequence<UInt8>) {
    var scanner = StructuredScanner(value)
    guard let type = scanner.mimeToken(), scanner.take("/"), let subtype = scanner.mimeToken()
    else { return nil }
    self.init(type.lowercased(), subtype.lowercased(), MIMEParameters(&scanner))
  }

  /// Reads the value of a header field; `nil` if it is not a content type.
  ///
  /// - Parameter value: The value, byte for byte as in the message.
  public init?(_ value: String) { self.init(value.utf8) }

  /// The type of a part without a content type: `text/plain` in US-ASCII.
  public static let plainText = Self("text", "plain")

  /// Whether type and subtype are these, which must be in lower case.
  public func `is`(_ type: String, _ subtype: String) -> Bool {
    self.type == type && self.subtype == subtype
  }

  /// Returns the value as it is written in a header field, folded, with LF between lines.
  ///
  /// - Parameter column: The number of characters before the value in the first line.
  /// - Returns: Printable ASCII, if type and subtype are.
  public func encoded(column: Int = "Content-Type: ".utf8.count) -> String {
    let name = "\(type)/\(subtype)"
    return name + parameters.encoded(column: column + name.utf8.count)
  }

  /// The character set of a text, by default US-ASCII; `nil` if it is not supported.
  public var charset: MailCharset? {
    guard let name = parameters["charset"] else { return .usASCII }
    return MailCharset(named: name)
  }
}

extension StructuredScanner {
  /// Reads a token of RFC 2045, and skips comments around it; `nil` if no token follows.
  mutating func mimeToken() -> String? {
    guard (try? skipCFWS()) != nil else { return nil }
    let token = run { byte in
      ASCII.isAtext(byte) && byte != UInt8(ascii: "/") && byte != UInt8(ascii: "?")
        && byte != UInt8(ascii: "=") || byte == UInt8(ascii: ".")
    }
    guard !token.isEmpty, (try? skipCFWS()) != nil else { return nil }
    return String(decoding: token, as: UTF8.self)
  }
}
