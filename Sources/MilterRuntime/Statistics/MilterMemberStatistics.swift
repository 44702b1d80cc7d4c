public import MilterCore

/// The counters of one member of a chain; see ``MilterStatistics/members``.
public struct MilterMemberStatistics: Hashable, Sendable {
  /// The number of messages whose content the member got.
  public var messages = 0
  /// The number of the member's verdicts that were the chain's answer, by status.
  public var decisions: [MilterStatus: Int] = [:]
  /// The number of the member's failures: it threw, broke the protocol, exceeded a timeout, or could not be
  /// reached.
  public var failures = 0
  /// The number of times that the member was not asked because the members before it had used all the time.
  public var timesNotAsked = 0
  /// The time that the chain has waited for the member; measured only in chains with remote members.
  public var time: Duration = .zero

  /// Creates statistics with all numbers 0.
  public init() {}
}
