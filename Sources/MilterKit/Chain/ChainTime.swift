/// The time that the members of a chain have together for one step, and which of them has taken most of it.
final class ChainTime {
  /// When the replies of all members are due.
  let deadline: ContinuousClock.Instant
  private let limit: Duration
  private var longest: (name: String, time: Duration)?

  init(_ limit: Duration) {
    self.limit = limit
    deadline = .now + limit
  }

  /// Whether no time is left.
  var isOver: Bool { .now >= deadline }

  /// A member has taken some of it.
  func note(_ name: String, _ time: Duration) {
    if time > longest?.time ?? .zero { longest = (name, time) }
  }

  /// Finds out whose time it was that a member did not get.
  ///
  /// - Parameters:
  ///   - name: the member.
  ///   - own: the time that it has taken, and that was not noted yet.
  /// - Returns: words for the log; nil while time is left, or if the member has taken most of it.
  func account(of name: String, after own: Duration) -> String? {
    guard isOver, let longest, longest.name != name, longest.time > own else { return nil }
    return "\(longest.name) has taken \(Self.seconds(longest.time)) of the chain's "
      + "\(Self.seconds(limit)) seconds"
  }

  /// Seconds with one decimal place.
  private static func seconds(_ time: Duration) -> String {
    let tenths = Int((time / .milliseconds(100)).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
