import Synchronization

/// What all clients have done so far.
final class Tally: Sendable {
  /// What became of messages.
  struct Counts: Sendable {
    var begun = 0
    var connections = 0
    var endings: [Ending: Int] = [:]
    /// What went wrong.
    var mistakes: [String] = []
  }

  /// How a message ended, or came.
  enum Ending: String, CaseIterable, Sendable {
    case verdict, aborted, broken, dripped, left
  }

  private let limit: Int
  private let counts = Mutex(Counts())
  private let isStopped = Atomic<Bool>(false)

  /// Creates a tally that hands out `limit` messages.
  init(limit: Int) { self.limit = limit }

  var snapshot: Counts { counts.withLock { $0 } }

  /// Whether all messages have been handed out.
  var isOver: Bool {
    isStopped.load(ordering: .relaxed) || counts.withLock { $0.begun >= limit }
  }

  /// Has no more messages begin.
  func stop() { isStopped.store(true, ordering: .relaxed) }

  /// The number of the next message; `nil` when there are no more.
  func nextMessage() -> Int? {
    guard !isStopped.load(ordering: .relaxed) else { return nil }
    return counts.withLock { counts in
      guard counts.begun < limit else { return nil }
      counts.begun += 1
      return counts.begun
    }
  }

  func countConnection() { counts.withLock { $0.connections += 1 } }

  func count(_ ending: Ending) { counts.withLock { $0.endings[ending, default: 0] += 1 } }

  /// Notes what must not happen; too much of it ends the soak.
  func note(mistake: String) {
    counts.withLock { counts in
      counts.mistakes.append(mistake)
      if counts.mistakes.count == 20 { stop() }
    }
  }
}
