public import MilterCore

/// The outcome of one message.
public struct MTAOutcome: Hashable, Sendable {
  /// The outcome of one recipient at RCPT.
  public struct Recipient: Hashable, Sendable {
    /// The recipient.
    public var path: MTAEnvelope.Path
    /// Accept, reject or tempfail.
    public var verdict: MTAVerdict
    /// The lines of a refusal, as the SMTP client gets them.
    public var reply: [[UInt8]]
  }

  /// The verdict on the message.
  public var verdict: MTAVerdict
  /// The callback that decided; `nil` if none did.
  public var callback: MilterCallback?
  /// The lines of a refusal, as the SMTP client gets them; empty if the message was not refused.
  public var reply: [[UInt8]] = []
  /// Whether the SMTP client's connection is closed: after code 421, shutdown, or connection failure.
  public var disconnects = false
  /// The filter's failure; only with ``MTAVerdict/failure``.
  public var failure: MTAFailure?

  /// The steps since the last message ended, and their results.
  public var steps: [MTAExchange] = []
  /// The outcome of each recipient at RCPT, in the order of the envelope.
  public var recipients: [Recipient] = []
  /// The changes that the filter requested, in order.
  public var actions: [FilterReply] = []
  /// The reason for quarantine, if the filter requested it.
  public var quarantineReason: [UInt8]?
  /// The number of progress replies of the filter.
  public var progressReplies = 0
  /// Warnings about behavior that real MTAs would log, or that differs from what the filter may expect.
  public var warnings: [String] = []
  /// The negotiated options; `nil` if the negotiation failed.
  public var negotiated: MilterNegotiation?

  /// The original message and envelope.
  public var original: MTAMail
  /// The message and envelope with the filter's changes, without the recipients that were refused.
  public var result: MTAMail
  /// The header as the MTA would queue it: that of ``result``, with the MTA's own `Received`, which filters do
  /// not get.
  public var queuedHeaders: [MTAHeader] = []

  init(verdict: MTAVerdict, original: MTAMail, result: MTAMail) {
    self.verdict = verdict
    self.original = original
    self.result = result
  }
}
