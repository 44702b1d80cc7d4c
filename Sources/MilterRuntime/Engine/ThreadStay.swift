import MilterSystem

/// How long a thread of the pool stays with a connection: it depends on what has come so far.
struct ThreadStay {
  /// When the connection fell idle last, by ``CoarseClock``.
  private var idleSince: UInt64?
  private var isLonger = false
  /// Reads in a row that brought next to nothing and completed no command.
  private var crumbs = 0
  /// Bursts in a row, with no long silence between them, that completed a command.
  private var streak = 0
  /// Whether the pool counts the thread among those that stay.
  private var isSettled = false

  /// A connection that has gone on for this long is busy: it is in the middle of a message.
  private static let longStreak = 8
  /// A peer that sends a command in more crumbs than this keeps no thread from one to the next.
  private static let mostCrumbs = 16
  /// Fewer bytes than this, which is less than a packet of a network, are a crumb.
  private static let crumb = 512

  /// Bytes have come.
  mutating func received(_ count: Int) { crumbs = count < Self.crumb ? crumbs + 1 : 0 }

  /// A command was completed.
  mutating func madeProgress() {
    crumbs = 0
    streak &+= 1
  }

  /// Whether the thread may wait for more: not if others wait for it, nor for crumbs.
  func mayLinger(_ pool: WorkerPool) -> Bool {
    !(isSettled ? pool.isFull : pool.isCrowded) && crumbs < Self.mostCrumbs
  }

  /// Keeps the thread from now on if the connection is busy.
  mutating func settleIfBusy(_ pool: WorkerPool, _ counters: ThreadCounters?) {
    guard !isSettled, streak >= Self.longStreak else { return }
    isSettled = true
    pool.settle(counters)
  }

  /// Gives up the thread.
  mutating func leave(_ pool: WorkerPool, _ counters: ThreadCounters?) {
    guard isSettled else { return }
    isSettled = false
    pool.unsettle(counters)
  }

  /// The connection falls idle.
  mutating func fallIdle() { idleSince = CoarseClock.nanoseconds }

  /// A thread serves the connection again.
  ///
  /// - Parameter linger: how long a thread stays at first.
  /// - Returns: how long it stays from now on, if that changes: longer for a connection whose
  ///   next command came soon after its thread had left.
  mutating func resume(_ linger: Duration) -> Duration? {
    guard let idleSince else { return nil }
    self.idleSince = nil
    let longer = linger * 10
    let absence = Duration.nanoseconds(Int64(clamping: CoarseClock.nanoseconds &- idleSince))
    guard absence < longer else {
      streak = 0
      return nil
    }
    if isLonger { return nil }
    isLonger = true
    return longer
  }
}
