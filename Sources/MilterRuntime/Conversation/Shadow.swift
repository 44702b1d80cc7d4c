import MilterCore

/// Prevents a filter from changing or refusing mail, and reports what it would have done.
///
/// A verdict about the message or the client becomes accept. The filter then sees the same part of the message,
/// and the mail passes.
struct Shadow {
  /// The changes that the current callback has requested, without content.
  private var changes: [String] = []
  private var changeCount = 0
  /// The size of the new body.
  private var bodySize: Int?

  /// The maximum number of changes in a line of the log.
  private static let mostShown = 20

  /// The actions that a callback would have taken.
  struct Conclusion {
    /// The line for the log.
    let line: String
    /// The number of suppressed changes.
    let changes: Int
    /// Whether mail would have been refused or discarded.
    let isRefusal: Bool
  }

  /// Notes an action.
  mutating func note(_ action: FilterReply) {
    changeCount += 1
    if changes.count < Self.mostShown { changes.append(action.summary) }
  }

  /// Notes a new body, or the next part of it.
  mutating func noteBody(_ count: Int) { bodySize = (bodySize ?? 0) + count }

  /// Returns the status that is sent instead of a callback's status.
  static func answer(
    to status: CallbackStatus, from callback: MilterCallback
  ) -> CallbackStatus {
    guard let known = status.known, isRefusal(known) else { return status }
    return .status(callback.isAboutPart && known != .discard ? .continue : .accept)
  }

  private static func isRefusal(_ status: MilterStatus) -> Bool {
    status == .reject || status == .tempfail || status == .discard
  }

  /// Notes the status of a callback.
  ///
  /// - Returns: The suppressed actions; `nil` if there are none.
  mutating func conclude(_ callback: MilterCallback, _ status: MilterStatus) -> Conclusion? {
    defer { self = Self() }
    let isRefusal = Self.isRefusal(status)
    var list = isRefusal ? [] : changes
    var count = isRefusal ? 0 : changeCount
    if !isRefusal, let bodySize {
      list.append("replacebody, \(bodySize) bytes")
      count += 1
    }
    guard isRefusal || count > 0 else { return nil }
    let rest = count - list.count
    let text = isRefusal ? "\(status)" : list.joined(separator: "; ")
    return Conclusion(
      line: "shadow: \(callback) would have answered: \(text)"
        + (rest > 0 ? "; and \(rest) changes more" : ""),
      changes: count, isRefusal: isRefusal)
  }
}
