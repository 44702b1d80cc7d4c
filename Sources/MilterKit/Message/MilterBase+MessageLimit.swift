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
