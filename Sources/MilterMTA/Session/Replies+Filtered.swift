import MilterCore

extension MTAProfile.Replies {
  /// Passes a reply through the filters, as the client reads it.
  func filtered(_ lines: [[UInt8]]) -> [[UInt8]] {
    filters.lazy.compactMap { $0.result(lines) }.first ?? lines
  }

  /// Passes a decision's reply through the filters.
  func filtered(_ decision: Decision) -> Decision {
    let reply = filtered(decision.reply)
    guard reply != decision.reply else { return decision }
    var decision = decision
    decision.reply = reply
    decision.verdict = decision.verdict.shown(by: reply)
    decision.disconnects = SMTPReply(decision.verdict, reply).disconnects
    return decision
  }
}

extension MTAVerdict {
  /// The verdict that a client reads in a reply.
  func shown(by reply: [[UInt8]]) -> Self {
    guard self == .reject || self == .tempfail else { return self }
    return Self(refusal: reply.first ?? [])
  }
}
