public import MilterKit
import Synchronization

/// How much each user has sent, in memory: one moment a user is enough.
public final class RateTable: RateStore {
  /// A moment of the clock, which goes on while the system sleeps.
  public typealias Instant = ContinuousClock.Instant

  /// None.
  public static var options: [any MilterProgramOption] { [] }
  /// The table that all connections of a program share.
  public static let shared = RateTable(.current)

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
  ///   - rate: the rate at which a user may send.
  ///   - now: returns the time.
  public init(_ rate: Rate, now: @escaping @Sendable () -> Instant = { ContinuousClock.now }) {
    currentRate = Mutex(rate)
    self.now = now
  }

  /// The rate that counts now.
  public var rate: Rate {
    get { currentRate.withLock { $0 } }
    set { currentRate.withLock { $0 = newValue } }
  }

  /// How many users there is something to know about.
  var size: Int { users.withLock { $0.evened.count } }

  /// Counts a message or a recipient; see ``RateStore/admit(_:)``.
  public func admit(_ user: String) -> RateExcess? {
    let rate = rate
    return users.withLock { users in
      let now = now()
      let next = max(users.evened[user] ?? now, now) + rate.period / rate.count
      let excess = now.duration(to: next) - rate.period
      guard excess <= .zero else {
        let isNews = users.named[user].map { now >= $0 + rate.period } ?? true
        if isNews { users.named[user] = now }
        return RateExcess(wait: excess, isNews: isNews)
      }
      users.evened[user] = next
      if users.evened.count > users.limit {
        users.evened = users.evened.filter { $0.value > now }
        users.named = users.named.filter { $0.value + rate.period > now }
        users.limit = max(1000, users.evened.count * 2)
      }
      return nil
    }
  }
}
