import MilterCore

/// The current message: its state so far.
struct Transaction: Sendable {
  /// The state of the new body.
  enum BodyRun: Sendable {
    case notBegun
    case running
    case ended
  }

  /// The message and envelope that have arrived.
  var mail: MTAMail
  /// The outcome of each recipient.
  var recipients: [MTAOutcome.Recipient] = []
  /// The verdict about the message, if there is one.
  var decision: Decision?
  /// The callbacks that are skipped for this message.
  var skipped: MilterCallbacks = []
  /// Whether the filter has got some steps of the message, and not its end.
  var isShown = false
  /// Whether a recipient was accepted before the current step, so that the MTA has a queue file.
  var hasQueueFile = false
  /// Whether DATA was accepted, so that the content follows.
  var isContent = false
  /// The changes so far; `nil` without changes.
  var edits: MailEdits?
  /// The state of the new body.
  var bodyRun = BodyRun.notBegun

  /// Creates the state of a message that begins.
  ///
  /// - Parameters:
  ///   - envelope: The envelope, without recipients.
  ///   - message: The message, if it is sent as a whole.
  init(_ envelope: MTAEnvelope, of message: MTAMessage?) {
    var begun = MTAMessage()
    if let message {
      (begun.preamble, begun.hasBlankLine) = (message.preamble, message.hasBlankLine)
    }
    mail = MTAMail(begun, envelope)
  }

  /// Whether any recipient is left.
  var hasRecipients: Bool { recipients.contains { $0.verdict == .accept } }

  /// Adds a recipient.
  mutating func add(_ path: MTAEnvelope.Path) {
    hasQueueFile = hasRecipients
    mail.envelope.recipients.append(path)
    recipients.append(.init(path))
  }

  /// Gives the last recipient, which the MTA refuses, a reply of its filter.
  mutating func refuseLast(_ reply: [[UInt8]]) {
    guard let last = recipients.indices.last else { return }
    recipients[last].reply = reply
    recipients[last].verdict = recipients[last].verdict.shown(by: reply)
  }
}

extension MTAOutcome.Recipient {
  /// Creates a recipient, with the MTA's own decision.
  init(_ path: MTAEnvelope.Path) {
    self.path = path
    reply = path.refusal.map { [$0] } ?? []
    verdict = path.refusal.map { MTAVerdict(refusal: $0) } ?? .accept
  }
}

extension [MTAOutcome.Recipient] {
  /// The recipients that were not refused.
  var accepted: [MTAEnvelope.Path] { filter { $0.verdict == .accept }.map(\.path) }
}
