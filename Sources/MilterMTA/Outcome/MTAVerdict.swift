/// The verdict on a message.
public enum MTAVerdict: String, Hashable, Sendable, CaseIterable {
  /// It was accepted, for at least one recipient.
  case accept
  /// It was refused for good, or all recipients were.
  case reject
  /// It was refused for now, or all recipients were.
  case tempfail
  /// It was accepted towards the client and thrown away.
  case discard
  /// It was accepted and put into quarantine.
  case quarantine
  /// The filter had the client's connection cut.
  case disconnect
  /// The filter broke the protocol, or went away.
  case failure

  /// Whether the message goes on its way, with the filter's changes.
  public var isDelivered: Bool { self == .accept || self == .quarantine }

  /// Whether the client is told that all is well.
  var isPositive: Bool { isDelivered || self == .discard }

  /// The exit status by which a program reports the verdict on a message.
  ///
  /// 0 accept, 10 reject, 11 tempfail, 12 discard, 13 quarantine, 14 disconnect, 20 failure.
  public var exitStatus: Int32 {
    switch self {
    case .accept: 0
    case .reject: 10
    case .tempfail: 11
    case .discard: 12
    case .quarantine: 13
    case .disconnect: 14
    case .failure: 20
    }
  }
}
