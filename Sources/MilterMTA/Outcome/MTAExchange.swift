public import MilterCore

/// A step of a session, and what came of it.
public struct MTAExchange: Hashable, Sendable {
  /// How the filter was told of a step.
  public enum Fate: Hashable, Sendable {
    /// It was asked.
    case asked
    /// It was told, and no reply was awaited, as agreed.
    case told
    /// It was not told, as agreed.
    case leftOut
    /// It was not told, as it had said skip.
    case skipped
    /// It was not told, as the verdict had fallen.
    case decided
    /// It was not told, as the MTA itself refused the command.
    case refused
  }

  /// The step.
  public let step: MTAStep
  /// How the filter was told of it.
  public internal(set) var fate = Fate.asked
  /// The macros sent with it.
  public internal(set) var macros: [MilterMacro] = []
  /// What the filter replied, in the order in which it came: the changes first, then the verdict.
  public internal(set) var replies: [FilterReply] = []
  /// What the client is told, if that is a refusal; for the content, at the message's end.
  public internal(set) var reply: [[UInt8]] = []
  /// What the filter did wrong here.
  public internal(set) var failure: MTAFailure?

  package init(_ step: MTAStep) { self.step = step }

  /// The callback the step leads to.
  public var callback: MilterCallback { step.callback }

  /// The status the filter gave; nil when it was not asked, or did not answer.
  ///
  /// Its own reply counts as reject or tempfail.
  public var status: MilterStatus? {
    switch replies.last {
    case .continue: .continue
    case .accept: .accept
    case .reject: .reject
    case .tempfail, .shutdown: .tempfail
    case .discard: .discard
    case .skip: .skip
    case .replycode(let text): text.first == UInt8(ascii: "4") ? .tempfail : .reject
    default: nil
    }
  }
}
