import MilterSystem

/// The time that a thread of the pool stays with a connection, which depends on the connection's input.
struct ThreadStay {
  /// The time when the connection last became idle, by ``CoarseClock``.
  private var idleSince: UInt64?
  private var isLonger = false
  /// The number of consecutive small reads that did not complete a command.
  private var crumbs = 0
  /// The number of consecutive bursts that completed a command, without a long silence between them.
  private var streak = 0
  /// Whether the pool counts the thread among those that stay.
  private var isSettled = false

  /// The number of bursts after which a connection is busy: it is in the middle of a message.
  private static let longStreak = 8
  /// The number of small reads for a command above which no thread waits for the peer.
  private static let mostCrumbs = 16
  /// The size of a read in bytes below which it is small; it is smaller than a network packet.
  private static let crumb = 512

  /// Notes that bytes have arrived that did not complete a command.
  mutating func receivedPart(_ count: Int) { crumbs = count < Self.crumb ? crumbs + 1 : 0 }

  /// Notes that a command was completed.
  mutating func madeProgress() {
    crumbs = 0
    streak &+= 1
  }

  /// Whether the thread may wait for more input: not if others need it, and not for small reads.
  func mayLinger(_ pool: ThreadPool) -> Bool {
    !(isSettled ? pool.isFull : pool.isCrowded) && crumbs < Self.mostCrumbs
  }

  /// Keeps the thread with the connection if the connection is busy.
  mutating func settleIfBusy(_ pool: ThreadPool, _ counters: ThreadCounters?) {
    guard !isSettled, streak >= Self.longStreak else { return }
    isSettled = true
    pool.settle(counters)
  }

  /// Gives up the thread.
  mutating func leave(_ pool: ThreadPool, _ counters: ThreadCounters?) {
    guard isSettled else { return }
    isSettled = false
    pool.unsettle(counters)
  }

  /// Notes that the connection becomes idle.
  mutating func fallIdle() { idleSince = CoarseClock.nanoseconds }

  /// Notes that a thread serves the connection again.
  ///
  /// - Parameter linger: The initial time that a thread stays.
  /// - Returns: The new time, if it changes: longer if the next command came soon after the thread had left.
  mutating func resume(_ linger: Duration) -> Duration? {
    guard let idleSince else { return nil }
    self.idleSince = nil
    let longer = linger * 10
    guard CoarseClock.elapsed(since: idleSince) < longer else {
      streak = 0
      return nil
    }
    if isLonger { return nil }
    isLonger = true
    return longer
  }
}
