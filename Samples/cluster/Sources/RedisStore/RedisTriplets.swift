public import MilterGreylist
public import MilterKit
import Synchronization

/// A store of triplets in Redis.
///
/// A triplet is a key. Its value has two times in seconds since 1970: when the triplet first came, and when
/// it last passed, 0 before it has passed. All filters use the clock of Redis. Keys expire when they no
/// longer count.
public final class RedisTriplets: TripletStore {
  /// The options of ``RedisSettings``.
  public static var options: [any MilterProgramOption] { RedisSettings.options }
  /// The store that all connections of a program share.
  public static let shared = Result<RedisTriplets, any Error>.success(
    RedisTriplets(.current, .current))

  // The rule of TripletFile. RedisTripletsTests compares both.
  private static let rule = """
    local delay, window, keep = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
    local now = tonumber(ARGV[4]) or tonumber(redis.call('TIME')[1])
    local value = redis.call('GET', KEYS[1]) or ''
    local first, passed = string.match(value, '^(%d+) (%d+)$')
    first, passed = tonumber(first or 0), tonumber(passed or 0)
    local isKnown = first > 0 and
      (passed == 0 and first >= now - window or passed > 0 and passed >= now - keep)
    local wait = delay
    if isKnown then
      wait = passed > 0 and 0 or math.max(0, math.min(delay, first - now + delay))
      if wait > 0 then
        -- Written without a change: a Redis that refuses writes must fail here, and not seem to work.
        redis.call('SET', KEYS[1], value, 'PX', math.max(1, redis.call('PTTL', KEYS[1])))
        return {wait}
      end
      passed = now
    else
      first, passed = now, 0
    end
    local life = passed > 0 and keep or window
    redis.call('SET', KEYS[1], string.format('%d %d', first, passed), 'EX', life + 1)
    return {wait}
    """

  private let script: RedisScript
  private let currentTimes: Mutex<TripletTimes>
  private let now: (@Sendable () -> Int)?

  /// The current times.
  public var times: TripletTimes {
    get { currentTimes.withLock { $0 } }
    set { currentTimes.withLock { $0 = newValue } }
  }

  /// Creates a store.
  ///
  /// It connects with the first decision.
  ///
  /// - Parameters:
  ///   - settings: How to reach Redis.
  ///   - times: The times of greylisting.
  ///   - log: Returns the log for a line when Redis goes away, and when it is back.
  ///   - now: Returns the seconds since 1970; `nil` to use the clock of Redis.
  public init(
    _ settings: RedisSettings, _ times: TripletTimes,
    log: @escaping @Sendable () -> MilterLog = { Milter.log },
    now: (@Sendable () -> Int)? = nil
  ) {
    script = RedisScript(Self.rule, settings, log: log)
    currentTimes = Mutex(times)
    self.now = now
  }

  /// Connects, so that the log shows at the start whether Redis can be reached.
  public func connect() { script.connect() }

  /// Looks a triplet up, and remembers it; see `TripletStore`.
  public func check(_ triplet: [String]) throws -> TripletAnswer {
    let times = times
    let numbers = [times.delay, times.window, times.keep].map(String.init)
    let clock = now.map { "\($0())" } ?? ""
    let key = Array("greylist:".utf8) + Self.key(triplet)
    let answer = try script.decide(keys: [key], numbers + [clock])
    return TripletAnswer(wait: answer?.first ?? 0)
  }
}
