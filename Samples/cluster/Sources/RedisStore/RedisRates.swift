public import MilterKit
public import MilterRateLimit
import Synchronization

/// The counts of all users, in Redis.
///
/// For each user Redis keeps one moment, in microseconds since 1970: when everything the user has sent so far
/// would have been sent at an even pace. The key expires at that moment. All filters use the clock of Redis.
/// A second key exists while the log has named the user in this period.
public final class RedisRates: RateStore {
  /// The options of ``RedisSettings``.
  public static var options: [any MilterProgramOption] { RedisSettings.options }
  /// The store that all connections of a program share.
  public static let shared = RedisRates(.current, .current)

  // The rule of RateTable. RedisRatesTests compares both.
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

  /// The current rate.
  public var rate: Rate {
    get { currentRate.withLock { $0 } }
    set { currentRate.withLock { $0 = newValue } }
  }

  /// Creates a store.
  ///
  /// It connects with the first decision.
  ///
  /// - Parameters:
  ///   - settings: How to reach Redis.
  ///   - rate: How much a user may send.
  ///   - log: Returns the log for a line when Redis goes away, and when it is back.
  ///   - now: Returns the microseconds since 1970; `nil` to use the clock of Redis.
  public init(
    _ settings: RedisSettings, _ rate: Rate,
    log: @escaping @Sendable () -> MilterLog = { Milter.log },
    now: (@Sendable () -> Int)? = nil
  ) {
    script = RedisScript(Self.rule, settings, log: log)
    currentRate = Mutex(rate)
    self.now = now
  }

  /// Connects, so that the log shows at the start whether Redis can be reached.
  public func connect() { script.connect() }

  /// Counts a message or a recipient; see `RateStore`.
  public func admit(_ user: String) throws -> RateExcess? {
    let rate = rate
    let period = Self.period(of: rate)
    let interval = Self.interval(of: rate)
    let clock = now.map { "\($0())" } ?? ""
    let keys = ["user", "named"].map { Array("ratelimit:\($0):\(user)".utf8) }
    let answer = try script.decide(keys: keys, ["\(interval)", "\(period)", clock])
    guard let answer, answer.count == 2, answer[0] > 0 else { return nil }
    return RateExcess(wait: .microseconds(answer[0]), isFirst: answer[1] == 1)
  }

  /// The period in microseconds.
  private static func period(of rate: Rate) -> Int { Int(rate.period / .microseconds(1)) }

  /// The time between two messages at an even pace, in microseconds, rounded up so that never too many pass.
  static func interval(of rate: Rate) -> Int { (period(of: rate) + rate.count - 1) / rate.count }
}
