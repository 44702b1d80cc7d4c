import Synchronization

/// How much each user has sent, by the generic cell rate algorithm: one moment a user is enough.
final class RateTable: Sendable {
  typealias Instant = ContinuousClock.Instant

  struct Rate {
    /// How many messages a user may send at once, at least 1.
    var count: Int
    /// After which time as many may follow.
    var period: Duration
  }
  private let currentRate: Mutex<Rate>
  private let now: @Sendable () -> Instant

  private struct Users {
    /// When what a user has sent so far would have been sent at an even pace.
    var evened: [String: Instant] = [:]
    /// When the log named a user who was put off.
    var named: [String: Instant] = [:]
    /// At how many users those are looked for that have sent nothing for long.
    var limit = 1000
  }
  private let users = Mutex(Users())

  /// Makes a table.
  ///
  /// - Parameters:
  ///   - count: how many messages a user may send at once, at least 1.
  ///   - period: after which time as many may follow.
  ///   - now: tells the time.
  init(
    count: Int, period: Duration, now: @escaping @Sendable () -> Instant = { ContinuousClock.now }
  ) {
    currentRate = Mutex(Rate(count: count, period: period))
    self.now = now
  }

  /// The rate that counts now.
  var rate: Rate {
    get { currentRate.withLock { $0 } }
    set { currentRate.withLock { $0 = newValue } }
  }

  /// How many messages a user may send at once.
  var count: Int { rate.count }
  /// After which time as many may follow.
  var period: Duration { rate.period }

  /// How many users there is something to know about.
  var size: Int { users.withLock { $0.evened.count } }

  /// Whether the log is to name a user who is put off: once a period.
  func isToBeNamed(_ user: String) -> Bool {
    users.withLock { users in
      let now = now()
      if let last = users.named[user], now < last + period { return false }
      users.named[user] = now
      return true
    }
  }

  /// Counts a message or a recipient.
  ///
  /// - Returns: nil if it may be sent; else how long the user has to wait, and it does not count.
  func admit(_ user: String) -> Duration? {
    users.withLock { users in
      let now = now()
      let next = max(users.evened[user] ?? now, now) + period / count
      let excess = now.duration(to: next) - period
      guard excess <= .zero else { return excess }
      users.evened[user] = next
      if users.evened.count > users.limit {
        users.evened = users.evened.filter { $0.value > now }
        users.named = users.named.filter { $0.value + period > now }
        users.limit = max(1000, users.evened.count * 2)
      }
      return nil
    }
  }
}
