/// The reason why a part of a message cannot be changed.
public struct MIMEEditError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of error.
  public enum Code: Hashable, Sendable {
    /// The part belongs to another message.
    case otherMessage
    /// The part, or a part that contains it, was removed or replaced before.
    case gone
    /// The part is a whole message, so it cannot be removed, and no part can be added next to it.
    case wholeMessage
    /// The part has subparts, and no content.
    case composite
    /// The part is not a multipart, or has no delimiter line.
    case notDivided
    /// Programs may divide the message in different ways: for a reason in ``MIMEMessage/isFullyDivided``, or
    /// because a multipart has the boundary of a multipart that contains it.
    case ambiguous
    /// The multipart has too many parts, or too many levels.
    case tooManyParts
    /// A line of the new content is equal to a delimiter line around it, and the content must not be encoded.
    case delimiterInContent
    /// For its type, the new content must consist of readable lines of at most 998 bytes, and it does not.
    case notEncodable
    /// A name or a value of the new part is not allowed in a header field.
    case invalidField
  }

  /// The kind of error.
  public let code: Code

  init(_ code: Code) { self.code = code }

  /// A description of the error.
  public var description: String {
    switch code {
    case .otherMessage: "the part belongs to another message"
    case .gone: "the part, or one around it, was removed or replaced before"
    case .wholeMessage: "the part is a whole message; change the part that it is in"
    case .composite: "the part has parts of its own; change these, or replace it"
    case .notDivided:
      "the part is not a multipart with a delimiter line; attach to the message instead"
    case .ambiguous: "programs may divide the message in different ways; refuse the message"
    case .tooManyParts: "the message has more parts than are read; refuse the message"
    case .delimiterInContent: "a line of the new content is a delimiter line of the message"
    case .notEncodable: "the new content has bytes or lines that its type must not have"
    case .invalidField: "a name or a value of the new part cannot stand in a header field"
    }
  }
}
