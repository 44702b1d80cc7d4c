public import MilterCore

/// The outcome of one message.
public struct MTAOutcome: Hashable, Sendable {
  /// The outcome of one recipient at RCPT.
  public struct Recipient: Hashable, Sendable {
    /// The recipient.
    public var path: MTAEnvelope.Path
    /// Accept, reject or tempfail.
    public var verdict: MTAVerdict
    /// The lines of a refusal, as the SMTP client sees them.
    public var reply: [[UInt8]]
  }

  /// The verdict on the message.
  public var verdict: MTAVerdict
  /// The callback that decided; nil when none did.
  public var stage: MilterCallback?
  /// The lines of a refusal, as the SMTP client sees them; empty if it was not refused.
  public var reply: [[UInt8]] = []
  /// Whether the SMTP client's connection is closed: after code 421, shutdown, connection failure.
  public var disconnects = false
  /// The filter's failure; only with ``MTAVerdict/failure``.
  public var failure: MTAFailure?

  /// The steps, and what came of each: those since the last message ended.
  public var steps: [MTAExchange] = []
  /// The outcome of each recipient at RCPT, in the order of the envelope.
  public var recipients: [Recipient] = []
  /// The changes the filter asked for, in their order.
  public var actions: [FilterReply] = []
  /// The reason for quarantine, if the filter asked for it.
  public var quarantineReason: [UInt8]?
  /// The number of progress replies of the filter.
  public var progressReplies = 0
  /// Warnings about things that real MTAs would log, or would not do as the filter may expect.
  public var warnings: [String] = []
  /// The negotiated options; nil if the filter did not get that far.
  public var negotiated: MilterNegotiation?

  /// The message and envelope as they came.
  public var original: MTAMail
  /// The message and envelope as the filter wanted them, without the recipients that were refused.
  public var result: MTAMail
  /// The headers as the MTA would queue them: those of ``result``, and its own `Received`, which
  /// filters are not shown.
  public var queuedHeaders: [MTAHeader] = []

  init(verdict: MTAVerdict, original: MTAMail, result: MTAMail) {
    self.verdict = verdict
    self.original = original
    self.result = result
  }
}
