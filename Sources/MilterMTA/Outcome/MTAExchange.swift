public import MilterCore

/// A step of a session, and its result.
public struct MTAExchange: Hashable, Sendable {
  /// Whether and how a step was sent to the filter.
  public enum Fate: Hashable, Sendable {
    /// The step was sent, and the filter replied or should reply.
    case asked
    /// The step was sent, and needed no reply, as negotiated.
    case told
    /// The step was not sent, as negotiated.
    case leftOut
    /// The step was not sent because the filter had returned skip.
    case skipped
    /// The step was not sent because the filter had given its verdict.
    case decided
    /// The step was not sent because the MTA itself refused the command.
    case refused
  }

  /// The step.
  public private(set) var step: MTAStep
  /// Whether and how the step was sent to the filter.
  public internal(set) var fate = Fate.asked
  /// The macros that were sent with it.
  public internal(set) var macros: [MilterMacro] = []
  /// The filter's replies in the order of their arrival: the changes first, then the verdict.
  public internal(set) var replies: [FilterReply] = []
  /// The reply to the client, if it is a refusal; for the content, at the end of the message.
  public internal(set) var reply: [[UInt8]] = []
  /// The filter's failure in this step.
  public internal(set) var failure: MTAFailure?

  package init(_ step: MTAStep) { self.step = step }

  /// Replaces the exchange by one of another step.
  mutating func begin(_ step: MTAStep) {
    self.step = step
    fate = .asked
    macros = []
    replies = []
    reply = []
    if failure != nil { failure = nil }
  }

  /// The callback of the step.
  public var callback: MilterCallback { step.callback }

  /// The filter's status; `nil` if the filter was not asked, or did not answer.
  ///
  /// A reply with text counts as reject or tempfail.
  public var status: MilterStatus? {
    switch replies.last {
    case .continue: .continue
    case .accept: .accept
    case .reject: .reject
    case .tempfail, .shutdown: .tempfail
    case .discard: .discard
    case .skip: .skip
    case .replycode(let text): MTAVerdict(refusal: text) == .tempfail ? .tempfail : .reject
    default: nil
    }
  }
}
