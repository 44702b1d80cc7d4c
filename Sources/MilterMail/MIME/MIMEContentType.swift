/// The value of `Content-Type`: RFC 2045, section 5.
public struct MIMEContentType: Hashable, Sendable {
  /// The media type, such as `text`, in small letters.
  public var type: String
  /// The subtype, such as `plain`, in small letters.
  public var subtype: String
  /// The parameters after it.
  public var parameters: MIMEParameters

  /// Makes a content type.
  ///
  /// - Parameters:
  ///   - type: the media type, in small letters.
  ///   - subtype: the subtype, in small letters.
  ///   - parameters: what follows it.
  public init(_ type: String, _ subtype: String, _ parameters: MIMEParameters = .init()) {
    self.type = type
    self.subtype = subtype
    self.parameters = parameters
  }

  /// Reads a header's value; nil if it is no content type.
  ///
  /// - Parameter value: the value, byte for byte as in the message.
  public init?(_ value: some Sequence<UInt8>) {
    var scanner = StructuredScanner(value)
    guard let type = scanner.mimeToken(), scanner.take("/"), let subtype = scanner.mimeToken()
    else { return nil }
    self.init(type.lowercased(), subtype.lowercased(), MIMEParameters(&scanner))
  }

  /// Reads a header's value; nil if it is no content type.
  ///
  /// - Parameter value: the value, byte for byte as in the message.
  public init?(_ value: String) { self.init(value.utf8) }

  /// The type of a part that does not declare one: `text/plain` in US-ASCII.
  public static let plainText = Self("text", "plain")

  /// Whether type and subtype are these, written in small letters.
  public func `is`(_ type: String, _ subtype: String) -> Bool {
    self.type == type && self.subtype == subtype
  }

  /// The value as it is written in a header field, folded, lines separated by LF.
  ///
  /// - Parameter column: the number of characters before it in the first line.
  /// - Returns: printable ASCII if type and subtype are.
  public func encoded(column: Int = "Content-Type: ".utf8.count) -> String {
    let name = "\(type)/\(subtype)"
    return name + parameters.encoded(column: column + name.utf8.count)
  }

  /// The character set of a text, US-ASCII if none is named; nil for one that is not known.
  public var charset: MailCharset? {
    guard let name = parameters["charset"] else { return .usASCII }
    return MailCharset(named: name)
  }
}

extension StructuredScanner {
  /// Passes a token of RFC 2045, and comments around it; nil if none begins here.
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
