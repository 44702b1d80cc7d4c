import MilterCore

extension MTASession {
  /// Ends the message because all recipients were refused, by the filter or before it.
  mutating func endWithoutRecipients() {
    let refused = transaction?.outcome.recipients.last { $0.path.refusal == nil }
    let decision =
      refused.map { Decision(verdict: $0.verdict, stage: .envrcpt, reply: $0.reply) }
      ?? Decision(verdict: .reject, reply: SMTPReply.noRecipients.lines)
    end(decision)
  }

  /// Ends the message, with abort where the filter is not done with it.
  ///
  /// - Parameters:
  ///   - decision: what came of it.
  ///   - settles: whether that holds for all further messages of the connection.
  mutating func end(_ decision: Decision, settles: Bool = false) {
    if settles { settled = decision }
    // To a verdict about the sender MTAs send no abort: for the filter no message has begun.
    let isDone = decision.stage == .eom || decision.stage == .envfrom
    if transaction?.isInMessage == true, !isDone, !decision.disconnects {
      MTACommand.abort.write(to: &writer)
    }
    finish(decision)
  }

  /// Makes the outcome of the message under way.
  mutating func finish(_ decision: Decision) {
    guard let done = transaction else { return }
    var outcome = done.outcome
    outcome.verdict = decision.verdict
    outcome.stage = decision.stage
    outcome.reply = decision.reply
    outcome.disconnects = decision.disconnects
    outcome.failure = decision.failure
    outcome.result = done.edits?.result ?? done.accepted
    if outcome.verdict == .accept, outcome.quarantineReason != nil { outcome.verdict = .quarantine }
    self.outcome = outcome
    transaction = nil
  }
}
