/// The verdict on a message.
public enum MTAVerdict: String, Hashable, Sendable, CaseIterable {
  /// Accepted, for at least one recipient.
  case accept
  /// Refused permanently, or all recipients were.
  case reject
  /// Refused temporarily, or all recipients were.
  case tempfail
  /// Accepted and dropped.
  case discard
  /// Accepted and quarantined.
  case quarantine
  /// The filter had the client disconnected.
  case disconnect
  /// The filter broke the protocol, or closed the connection.
  case failure

  /// Whether the message is delivered, with the filter's changes.
  public var isDelivered: Bool { self == .accept || self == .quarantine }

  /// Whether the client gets a positive reply.
  var isPositive: Bool { isDelivered || self == .discard }
}
