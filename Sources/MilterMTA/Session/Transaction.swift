import MilterCore

/// A message under way: what came of it so far.
struct Transaction: Sendable {
  /// The state of the new body.
  enum BodyRun: Sendable {
    case notBegun
    case running
    case ended
  }

  /// The message and envelope as far as they came.
  var mail: MTAMail
  /// The outcome of each recipient.
  var recipients: [MTAOutcome.Recipient] = []
  /// The verdict about the message, once it has fallen.
  var decision: Decision?
  /// Callbacks that get no more for this message.
  var skipped: MilterCallbacks = []
  /// Whether the filter was shown some of it, and not the end.
  var isShown = false
  /// Whether a recipient was accepted before the step at hand, so that the MTA has a file for it.
  var hasQueueFile = false
  /// Whether DATA was accepted: what comes now is content.
  var isContent = false
  /// The changes so far; nil without any.
  var edits: MailEdits?
  /// Whether there is a new body.
  var bodyRun = BodyRun.notBegun

  init(_ mail: MTAMail) {
    self.mail = mail
    self.mail.envelope.recipients = []
    self.mail.message.headers = []
    self.mail.message.body = []
  }

  /// Whether any recipient is left.
  var hasRecipients: Bool { recipients.contains { $0.verdict == .accept } }

  /// Takes notice of a recipient.
  mutating func add(_ path: MTAEnvelope.Path) {
    hasQueueFile = hasRecipients
    mail.envelope.recipients.append(path)
    recipients.append(.init(path))
  }
}

extension MTAOutcome.Recipient {
  /// A recipient, and what the MTA itself makes of it.
  init(_ path: MTAEnvelope.Path) {
    self.path = path
    reply = path.refusal.map { [$0] } ?? []
    switch path.refusal?.first {
    case nil: verdict = .accept
    case UInt8(ascii: "4"): verdict = .tempfail
    default: verdict = .reject
    }
  }
}

extension [MTAOutcome.Recipient] {
  /// The recipients that were not refused.
  var accepted: [MTAEnvelope.Path] { filter { $0.verdict == .accept }.map(\.path) }
}
