import MilterCore

/// Keeps a filter from changing or refusing anything, and tells what it would have done.
///
/// A verdict about the message or the client becomes accept: the filter then sees exactly what it would
/// have seen of the message, and the mail passes.
struct Shadow {
  /// What the callback under way has asked for, without content.
  private var changes: [String] = []
  private var changeCount = 0
  /// The size of the new body.
  private var bodySize: Int?

  /// The maximum number of changes in a line of the log.
  private static let mostShown = 20

  /// What a status comes to.
  struct Conclusion {
    /// What is answered.
    let status: Int32
    /// The line for the log; nil if the filter would have done nothing.
    let line: String?
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

  /// Takes what a callback returned.
  mutating func conclude(_ callback: MilterCallback, _ status: Int32) -> Conclusion {
    defer { self = Self() }
    guard let known = MilterStatus(rawValue: status) else {
      return Conclusion(status: status, line: nil, changes: 0, isRefusal: false)
    }
    let isRefusal = known == .reject || known == .tempfail || known == .discard
    var list = isRefusal ? [] : changes
    var count = isRefusal ? 0 : changeCount
    if !isRefusal, let bodySize {
      list.append("replacebody, \(bodySize) bytes")
      count += 1
    }
    guard isRefusal || count > 0 else {
      return Conclusion(status: status, line: nil, changes: 0, isRefusal: false)
    }
    let rest = count - list.count
    let text = isRefusal ? known.name : list.joined(separator: "; ")
    return Conclusion(
      status: (isRefusal ? answer(to: known, from: callback) : known).rawValue,
      line: "shadow: \(callback) would have answered: \(text)"
        + (rest > 0 ? "; and \(rest) changes more" : ""),
      changes: count, isRefusal: isRefusal)
  }

  private func answer(to status: MilterStatus, from callback: MilterCallback) -> MilterStatus {
    // These may be about one recipient or one command only.
    let isAboutPart = callback == .envrcpt || callback == .unknown
    return isAboutPart && status != .discard ? .continue : .accept
  }
}
