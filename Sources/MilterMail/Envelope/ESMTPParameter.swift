/// A parameter of MAIL or RCPT, such as `SIZE=500000`: RFC 5321, section 4.1.2.
public struct ESMTPParameter: Hashable, Sendable, CustomStringConvertible {
  /// The keyword, in the client's spelling.
  public let keyword: String
  /// The text after the `=`, as it was written; `nil` without one.
  public let value: String?
  /// The parameter's bytes, as the client wrote them.
  public let rawValue: [UInt8]

  /// Creates a parameter; `nil` if the standard does not allow the keyword or the value.
  ///
  /// - Parameters:
  ///   - keyword: Letters, digits, and hyphens, not beginning with a hyphen.
  ///   - value: Printable characters except space and `=`; `nil` for none. Characters that are not ASCII are
  ///     allowed only if the message has the parameter `SMTPUTF8`.
  public init?(_ keyword: String, _ value: String? = nil) {
    let isKeyword = keyword.utf8.allSatisfy {
      ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "-")
    }
    let isValue = value.map { value in
      !value.isEmpty
        && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "=") }
    }
    guard isKeyword, !keyword.isEmpty, keyword.utf8.first != UInt8(ascii: "-"), isValue ?? true
    else { return nil }
    self.init(reading: (keyword + (value.map { "=" + $0 } ?? "")).utf8)
  }

  /// Reads a parameter as a client wrote it, valid or not.
  init(reading bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    let end = bytes.firstIndex(of: UInt8(ascii: "="))
    rawValue = bytes
    keyword = String(decoding: bytes[..<(end ?? bytes.count)], as: UTF8.self)
    value = end.map { String(decoding: bytes[($0 + 1)...], as: UTF8.self) }
  }

  /// The parameter as it was written; invalid UTF-8 becomes U+FFFD.
  public var description: String { String(decoding: rawValue, as: UTF8.self) }
}
