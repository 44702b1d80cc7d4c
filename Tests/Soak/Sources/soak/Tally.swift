import Synchronization

/// The counts of all clients.
final class Tally: Sendable {
  /// The results of messages.
  struct Counts: Sendable {
    var begun = 0
    var connections = 0
    var endings: [Ending: Int] = [:]
    /// The errors.
    var mistakes: [String] = []
  }

  /// How a message ended, or how the client sent it.
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

  /// Stops handing out messages.
  func stop() { isStopped.store(true, ordering: .relaxed) }

  /// Returns the number of the next message, or `nil` if there are no more messages.
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

  /// Records an error; too many errors end the test.
  func note(mistake: String) {
    counts.withLock { counts in
      counts.mistakes.append(mistake)
      if counts.mistakes.count == 20 { stop() }
    }
  }
}
