import MilterCore

/// A message under way: where it stands, and what has come of it so far.
struct Transaction: Sendable {
  /// What becomes of the new body.
  enum BodyRun: Sendable {
    case notBegun
    case running
    case ended
  }

  /// The message and envelope as they came.
  let mail: MTAMail
  /// What is done next; nil after the end of the message was sent.
  var step: TransactionStep? = .connect
  /// The recipient whose macros and reply are at hand.
  var recipient: Int?
  /// Callbacks that get no more for this message.
  var skipped: MilterCallbacks = []
  /// Whether the filter was shown MAIL, and not the end of the message.
  var isInMessage = false
  /// The changes so far; nil without any.
  var edits: MailEdits?
  /// Whether there is a new body.
  var bodyRun = BodyRun.notBegun
  /// What is known of the outcome.
  var outcome: MTAOutcome

  init(_ mail: MTAMail, negotiated: MilterNegotiation?) {
    self.mail = mail
    outcome = MTAOutcome(verdict: .accept, original: mail, result: mail)
    outcome.negotiated = negotiated
    outcome.recipients = mail.envelope.recipients.map { path in
      .init(
        path: path, verdict: path.refusal?.first == UInt8(ascii: "4") ? .tempfail : .reject,
        reply: path.refusal.map { [$0] } ?? [])
    }
    for index in outcome.recipients.indices where outcome.recipients[index].path.refusal == nil {
      outcome.recipients[index].verdict = .accept
    }
  }

  /// Whether any recipient is left.
  var hasRecipients: Bool { outcome.recipients.contains { $0.verdict == .accept } }

  /// The mail without the recipients that were refused.
  var accepted: MTAMail {
    var mail = mail
    mail.envelope.recipients = outcome.recipients.filter { $0.verdict == .accept }.map(\.path)
    return mail
  }

  /// The step behind one, as far as the message has it.
  func step(after step: TransactionStep, chunk: Int) -> TransactionStep? {
    let recipients = mail.envelope.recipients.count
    let headers = skipped.contains(.header) ? 0 : mail.message.headers.count
    let body = skipped.contains(.body) ? 0 : mail.message.body.count
    switch step {
    case .connect: return .helo
    case .helo: return .mail
    case .mail: return recipients > 0 ? .rcpt(0) : .data
    case .rcpt(let number): return number + 1 < recipients ? .rcpt(number + 1) : .data
    case .data: return headers > 0 ? .header(0) : .eoh
    case .header(let number): return number + 1 < headers ? .header(number + 1) : .eoh
    case .eoh: return body > 0 ? .body(0) : .eom
    case .body(let start): return start + chunk < body ? .body(start + chunk) : .eom
    case .eom: return nil
    }
  }
}
