public import MilterCore
import MilterSystem

/// The counters of one member of a chain; see ``MilterStatistics/members``.
public struct MilterMemberStatistics: Hashable, Sendable {
  /// Messages whose content the member was shown.
  public var messages = 0
  /// Verdicts of the member that were the chain's answer, by status.
  public var decisions: [MilterStatus: Int] = [:]
  /// The number of failures of the member: it threw, broke the protocol, was silent, or could not be reached.
  public var failures = 0
  /// The number of times that the member was not asked because the members before it had taken all the time.
  public var timesNotAsked = 0
  /// The time that the chain has waited for the member; measured only in chains with remote members.
  public var time: Duration = .zero

  /// Makes statistics of a member that has done nothing.
  public init() {}
}

/// The counters of the members of a server's chains.
package final class MemberCounters: Sendable {
  private let members = SystemMutex<[String: MilterMemberStatistics]>([:])

  /// Makes counters of no members.
  init() {}

  /// Counts something that a member has done.
  package func note(_ name: String, _ change: (inout MilterMemberStatistics) -> Void) {
    members.withLock { change(&$0[name, default: MilterMemberStatistics()]) }
  }

  /// All that was counted so far, by the members' names.
  package var snapshot: [String: MilterMemberStatistics] { members.withLock { $0 } }
}
