/// The time of all members of a chain for one step, and the member that has used most of it.
final class ChainTime {
  /// The deadline for the replies of all members.
  let deadline: ContinuousClock.Instant
  private let limit: Duration
  private var longest: (name: String, time: Duration)?

  init(_ limit: Duration) {
    self.limit = limit
    deadline = .now + limit
  }

  /// Whether no time is left.
  var isOver: Bool { .now >= deadline }

  /// Notes the time that a member has used.
  func note(_ name: String, _ time: Duration) {
    if time > longest?.time ?? .zero { longest = (name, time) }
  }

  /// Finds out which members have used up the time.
  ///
  /// - Parameters:
  ///   - name: The member that did not get enough time.
  ///   - own: The time that this member has used, and that was not noted yet.
  /// - Returns: A text for the log; `nil` while time is left, or if this member has used most of it.
  func account(of name: String, after own: Duration) -> String? {
    guard isOver, let longest, longest.name != name, longest.time > own else { return nil }
    return "\(longest.name) has used \(Self.seconds(longest.time)) of the chain's "
      + "\(Self.seconds(limit)) seconds"
  }

  /// The time in seconds, with one decimal place.
  private static func seconds(_ time: Duration) -> String {
    let tenths = Int((time / .milliseconds(100)).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
