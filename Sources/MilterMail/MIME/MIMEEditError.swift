/// Why a part of a message cannot be changed.
public struct MIMEEditError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of error.
  public enum Code: Hashable, Sendable {
    /// The part belongs to another message.
    case otherMessage
    /// The part, or one around it, was removed or replaced before.
    case gone
    /// The part is a message of its own, so it cannot be removed, and nothing can stand beside it.
    case wholeMessage
    /// The part has parts of its own and no content.
    case hasParts
    /// The part is no multipart, or has no delimiter line.
    case notDivided
    /// Programs may divide the message in different ways: for a reason that
    /// ``MIMEMessage/isFullyDivided`` names, or because a multipart has the boundary of one around it.
    case ambiguous
    /// The multipart has more parts, or deeper ones, than are looked at.
    case tooManyParts
    /// A line of the new content is the same as a delimiter line around it, and the content must not
    /// be encoded.
    case containsDelimiter
    /// The new content must be readable lines of at most 998 bytes for its type and is not.
    case notEncodable
    /// A name or a value of the new part cannot stand in a header field.
    case invalidField
  }

  /// The kind of error.
  public let code: Code

  init(_ code: Code) { self.code = code }

  /// The error in words.
  public var description: String {
    switch code {
    case .otherMessage: "the part belongs to another message"
    case .gone: "the part, or one around it, was removed or replaced before"
    case .wholeMessage: "the part is a whole message; change the part that it is in"
    case .hasParts: "the part has parts of its own; change these, or replace it"
    case .notDivided:
      "the part is no multipart with a delimiter line; attach to the message instead"
    case .ambiguous: "programs may divide the message in different ways; refuse the message"
    case .tooManyParts: "the message has more parts than are looked at; refuse the message"
    case .containsDelimiter: "a line of the new content is a delimiter line of the message"
    case .notEncodable: "the new content has bytes or lines that its type must not have"
    case .invalidField: "a name or a value of the new part cannot stand in a header field"
    }
  }
}
