/// The reason why bytes of a message violate a standard.
///
/// The description names the problem and its position, never the text itself.
public struct MailSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of error.
  public enum Code: Hashable, Sendable {
    /// A comment, quoted string, domain literal, angle bracket, or group is not closed.
    case unterminated
    /// The grammar does not allow the byte at this position.
    case unexpectedByte
    /// A required part is missing.
    case missing
  }

  /// The kind of error.
  public let code: Code
  /// The offset of the problem.
  public let offset: Int
  /// The element that is missing or not closed.
  public let subject: String

  init(_ code: Code, _ subject: String, at offset: Int) {
    self.code = code
    self.subject = subject
    self.offset = offset
  }

  /// A description of the error.
  public var description: String {
    switch code {
    case .unterminated: "\(subject) without end, from byte \(offset)"
    case .unexpectedByte: "an unexpected character instead of \(subject) at byte \(offset)"
    case .missing: "no \(subject) at byte \(offset)"
    }
  }
}
