/// The maximum size of a message, and the action on a larger one; see ``MessageMilter/messageLimit``.
public struct MessageLimit: Hashable, Sendable {
  /// The maximum size in bytes, of header and body together.
  public var bytes: Int
  /// The action on a larger message.
  public var policy: Policy

  /// The action on a message that is larger than the limit.
  public enum Policy: Hashable, Sendable {
    /// It is refused permanently with `552 5.3.4`.
    case refuse
    /// It is accepted without the filter.
    case accept
    /// It is deferred with `452 4.3.1`.
    case tempfail
  }

  /// Creates a limit.
  public init(bytes: Int = 128 << 20, policy: Policy = .refuse) {
    self.bytes = bytes
    self.policy = policy
  }
}

extension MilterBase {
  /// Returns the status for a message that is larger than the limit.
  final func answerLarge(_ policy: MessageLimit.Policy) throws -> Status {
    switch policy {
    case .accept: return .accept
    case .refuse:
      try setreply("552", "5.3.4", "Message size exceeds fixed limit")
      return .reject
    case .tempfail:
      try setreply("452", "4.3.1", "Message is too large for now, please try again later")
      return .tempfail
    }
  }
}
