public import MilterKit
public import MilterRateLimit
import Synchronization

/// How much each user has sent, in Redis: one moment a user is enough.
///
/// The value of a user's key is the moment, in microseconds since 1970, at which what the user has
/// sent so far would have been sent at an even pace. The clock is Redis' own, the same for all filters. A
/// key expires at that moment. A second key stands for a period in which the log has named the user.
public final class RedisRates: RateStore {
  /// The options of ``RedisSettings``.
  public static var options: [any MilterProgramOption] { RedisSettings.options }
  /// The store that all connections of a program share.
  public static let shared = RedisRates(.current, .current)

  // The rule of RateTable: RedisRatesTests compares them.
  private static let rule = """
    local interval, period = tonumber(ARGV[1]), tonumber(ARGV[2])
    local time = redis.call('TIME')
    local now = tonumber(ARGV[3]) or time[1] * 1000000 + time[2]
    local evened = tonumber(redis.call('GET', KEYS[1]) or 0) or 0
    local following = math.max(evened, now) + interval
    local excess = following - now - period
    if excess > 0 then
      local life = math.ceil(period / 1000)
      local isNews = redis.call('SET', KEYS[2], 1, 'NX', 'PX', life)
      return {excess, isNews and 1 or 0}
    end
    local life = math.ceil((following - now) / 1000)
    redis.call('SET', KEYS[1], string.format('%.0f', following), 'PX', life)
    return {0, 0}
    """

  private let script: RedisScript
  private let currentRate: Mutex<Rate>
  private let now: (@Sendable () -> Int)?

  /// The rate that counts now.
  public var rate: Rate {
    get { currentRate.withLock { $0 } }
    set { currentRate.withLock { $0 = newValue } }
  }

  /// Makes a store; the first decision connects.
  ///
  /// - Parameters:
  ///   - settings: how to reach Redis.
  ///   - rate: how much a user may send.
  ///   - log: gets a line when Redis goes away, and when it is back.
  ///   - now: the microseconds since 1970; `nil` for Redis' own clock.
  public init(
    _ settings: RedisSettings, _ rate: Rate,
    log: @escaping @Sendable () -> MilterLog = { Milter.log },
    now: (@Sendable () -> Int)? = nil
  ) {
    script = RedisScript(Self.rule, settings, log: log)
    currentRate = Mutex(rate)
    self.now = now
  }

  /// Connects, so that the log has at the start whether Redis can be reached.
  public func connect() { script.connect() }

  /// Counts a message or a recipient; see `RateStore`.
  public func admit(_ user: String) throws -> RateExcess? {
    let rate = rate
    let period = Self.period(of: rate)
    let interval = Self.interval(of: rate)
    let clock = now.map { "\($0())" } ?? ""
    let keys = ["user", "named"].map { Array("ratelimit:\($0):\(user)".utf8) }
    guard let answer = try script.decide(keys: keys, ["\(interval)", "\(period)", clock]),
      answer.count == 2, answer[0] > 0
    else { return nil }
    return RateExcess(wait: .microseconds(answer[0]), isNews: answer[1] == 1)
  }

  private static func period(of rate: Rate) -> Int { Int(rate.period / .microseconds(1)) }

  /// The microseconds between two messages at an even pace, rounded up so that no message too many passes.
  static func interval(of rate: Rate) -> Int { (period(of: rate) + rate.count - 1) / rate.count }
}
