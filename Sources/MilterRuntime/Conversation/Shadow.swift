import MilterCore

/// Keeps a filter from changing or refusing anything, and reports what it would have done.
///
/// A verdict about the message or the client becomes accept: the filter then sees exactly what it would
/// have seen of the message, and the mail passes.
struct Shadow {
  /// The changes that the callback under way has asked for, without content.
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
    /// The number of changes that were not made.
    let changes: Int
    /// Whether mail would have been refused or thrown away.
    let isRefusal: Bool
  }

  /// Takes an action.
  mutating func note(_ action: FilterReply) {
    changeCount += 1
    if changes.count < Self.mostShown { changes.append(action.summary) }
  }

  /// Takes a new body, or the next piece of it.
  mutating func noteBody(_ count: Int) { bodySize = (bodySize ?? 0) + count }

  /// The status that is answered in the place of one that a callback returned.
  static func answer(
    to status: CallbackStatus, from callback: MilterCallback
  ) -> CallbackStatus {
    guard let known = status.known, isRefusal(known) else { return status }
    // These may be about one recipient or one command only.
    let isAboutPart = callback == .envrcpt || callback == .unknown
    return .status(isAboutPart && known != .discard ? .continue : .accept)
  }

  private static func isRefusal(_ status: MilterStatus) -> Bool {
    status == .reject || status == .tempfail || status == .discard
  }

  /// Takes what a callback returned that was answered.
  ///
  /// - Returns: What it would have done; nil if that is nothing.
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
    let text = isRefusal ? status.name : list.joined(separator: "; ")
    return Conclusion(
      line: "shadow: \(callback) would have answered: \(text)"
        + (rest > 0 ? "; and \(rest) changes more" : ""),
      changes: count, isRefusal: isRefusal)
  }
}
