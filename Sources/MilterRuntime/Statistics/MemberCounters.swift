import MilterSystem

/// The counters of the members of a server's chains.
package final class MemberCounters: Sendable {
  private let members = SystemMutex<[String: MilterMemberStatistics]>([:])

  /// Creates counters without members.
  init() {}

  /// Counts an event of a member.
  package func note(_ name: String, _ change: (inout MilterMemberStatistics) -> Void) {
    members.withLock { change(&$0[name, default: MilterMemberStatistics()]) }
  }

  /// The current numbers, by the members' names.
  package var snapshot: [String: MilterMemberStatistics] { members.withLock { $0 } }
}
