public import MilterKit
import Synchronization

/// The counts of all users, in memory.
///
/// For each user, the table keeps one moment: when everything that the user has sent so far would have been
/// sent at an even pace. A user may be ahead of that pace by one period.
public final class RateTable: RateStore {
  /// A moment of the clock, which also advances while the system sleeps.
  public typealias Instant = ContinuousClock.Instant

  /// This store has no options.
  public static var options: [any MilterProgramOption] { [] }
  /// The table that all connections of a program share.
  public static let shared = RateTable(.current)

  private struct Users {
    /// The even pace: see ``RateTable``.
    var paces: [String: Instant] = [:]
    /// When the log last named a user who was over the limit.
    var logged: [String: Instant] = [:]
    /// The number of users at which entries without effect are removed.
    var limit = 1000

    /// Removes entries that no longer have an effect.
    mutating func clean(_ now: Instant, _ period: Duration) {
      paces = paces.filter { $0.value > now }
      logged = logged.filter { $0.value + period > now }
      limit = max(1000, paces.count * 2)
    }
  }

  private let currentRate: Mutex<Rate>
  private let now: @Sendable () -> Instant
  private let users = Mutex(Users())

  /// Creates a table.
  ///
  /// - Parameters:
  ///   - rate: The rate at which a user may send.
  ///   - now: Returns the time.
  public init(_ rate: Rate, now: @escaping @Sendable () -> Instant = { ContinuousClock.now }) {
    currentRate = Mutex(rate)
    self.now = now
  }

  /// The current rate.
  public var rate: Rate {
    get { currentRate.withLock { $0 } }
    set { currentRate.withLock { $0 = newValue } }
  }

  /// The number of users that the table remembers.
  var size: Int { users.withLock { $0.paces.count } }

  /// Counts a message or a recipient; see ``RateStore/admit(_:)``.
  public func admit(_ user: String) -> RateExcess? {
    let rate = rate
    return users.withLock { users in
      let now = now()
      let pace = max(users.paces[user] ?? now, now) + rate.period / rate.count
      let excess = now.duration(to: pace) - rate.period
      if excess > .zero {
        let isFirst = users.logged[user].map { now >= $0 + rate.period } ?? true
        if isFirst { users.logged[user] = now }
        return RateExcess(wait: excess, isFirst: isFirst)
      }
      users.paces[user] = pace
      if users.paces.count > users.limit { users.clean(now, rate.period) }
      return nil
    }
  }
}
