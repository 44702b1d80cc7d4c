public import MilterGreylist
public import MilterKit
import Synchronization

/// The triplets that have been seen, in Redis, with their times.
///
/// A triplet is a key; its value has the seconds since 1970 at which it came first and at which it
/// passed last, which is 0 before it has passed. The clock is Redis' own, the same for all filters. Keys
/// expire when they no longer count.
public final class RedisTriplets: TripletStore {
  /// The options of ``RedisSettings``.
  public static var options: [any MilterProgramOption] { RedisSettings.options }
  /// The store that all connections of a program share.
  public static let shared = Result<RedisTriplets, any Error>.success(
    RedisTriplets(.current, .current))

  // The rule of TripletFile: RedisTripletsTests compares them.
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
        -- Written as it is, so that a Redis that takes no writes does not seem to be well.
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

  /// The times that count now.
  public var times: TripletTimes {
    get { currentTimes.withLock { $0 } }
    set { currentTimes.withLock { $0 = newValue } }
  }

  /// Makes a store; the first decision connects.
  ///
  /// - Parameters:
  ///   - settings: how to reach Redis.
  ///   - times: after how many seconds what happens.
  ///   - log: gets a line when Redis goes away, and when it is back.
  ///   - now: the seconds since 1970; `nil` for Redis' own clock.
  public init(
    _ settings: RedisSettings, _ times: TripletTimes,
    log: @escaping @Sendable () -> MilterLog = { Milter.log },
    now: (@Sendable () -> Int)? = nil
  ) {
    script = RedisScript(Self.rule, settings, log: log)
    currentTimes = Mutex(times)
    self.now = now
  }

  /// Connects, so that the log has at the start whether Redis can be reached.
  public func connect() { script.connect() }

  /// Looks a triplet up, and remembers it; see `TripletStore`.
  public func check(_ triplet: [String]) throws -> (wait: Int, failure: (any Error)?) {
    let times = times
    let numbers = [times.delay, times.window, times.keep].map(String.init)
    let clock = now.map { "\($0())" } ?? ""
    let key = Array("greylist:".utf8) + Self.key(triplet)
    return (try script.decide(keys: [key], numbers + [clock])?.first ?? 0, nil)
  }
}
