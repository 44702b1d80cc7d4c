import Dispatch
import Glibc
public import MilterKit
import Synchronization

/// A Lua script that decides in Redis, over connections that all threads share.
///
/// Redis runs a script as a whole, so that filters on any number of machines decide one after the
/// other. A decision that has no answer is not repeated: Redis may have made it before the connection broke.
public final class RedisScript: Sendable {
  private struct State {
    var idle: [RedisConnection] = []
    var outage = Outage()
    /// When the log last had that all connections were in use.
    var busy: ContinuousClock.Instant?
  }

  private let text: String
  private let settings: RedisSettings
  private let log: @Sendable () -> MilterLog
  private let slots: DispatchSemaphore
  private let state = Mutex(State())

  /// Makes a script; the first decision connects.
  ///
  /// - Parameters:
  ///   - text: the script, which returns a list of numbers.
  ///   - settings: how to reach Redis.
  ///   - log: gets a line when Redis goes away, and when it is back.
  public init(
    _ text: String, _ settings: RedisSettings,
    log: @escaping @Sendable () -> MilterLog = { Milter.log }
  ) {
    // hiredis writes to sockets without MSG_NOSIGNAL.
    signal(SIGPIPE, SIG_IGN)
    (self.text, self.settings, self.log) = (text, settings, log)
    slots = DispatchSemaphore(value: settings.connections)
  }

  /// Has Redis decide.
  ///
  /// - Parameters:
  ///   - keys: the keys, to which the prefix is added.
  ///   - arguments: the script's arguments.
  /// - Returns: what the script returns; `nil` if Redis does not answer and mail passes without it.
  /// - Throws: `RedisError` if Redis does not answer and mail has to wait.
  public func decide(keys: [[UInt8]], _ arguments: [String]) throws(RedisError) -> [Int]? {
    do throws(RedisError) {
      return try run(keys.map { Array(settings.prefix.utf8) + $0 }, arguments)
    } catch {
      state.withLock { $0.outage.miss() }
      guard settings.fallback() == .accept else { throw error }
      return nil
    }
  }

  /// Connects, so that the log has at the start whether Redis can be reached.
  public func connect() {
    guard let generation = beginning() else { return }
    do throws(RedisError) {
      succeeded(try RedisConnection(settings, script: text), generation)
      log().info("redis \(settings.address): connected")
    } catch {
      failed(error, generation)
    }
  }

  private func run(_ keys: [[UInt8]], _ arguments: [String]) throws(RedisError) -> [Int] {
    // A decision that falls back does not wait for a connection.
    if state.withLock({ $0.outage.isOn(.now) }) { throw away }
    guard slots.wait(timeout: .now() + .milliseconds(settings.timeout)) == .success else {
      // Those that have the connections may have found Redis away meanwhile.
      throw state.withLock { $0.outage.isOn(.now) } ? away : allBusy()
    }
    defer { slots.signal() }
    guard let generation = beginning() else { throw away }
    do throws(RedisError) {
      let connection = try connection()
      guard let answer = try connection.run(keys: keys, arguments).integers else {
        throw RedisError("the script's answer is no list of numbers")
      }
      succeeded(connection, generation)
      return answer
    } catch {
      failed(error, generation)
      throw error
    }
  }

  private var away: RedisError { RedisError("\(settings.address) is away") }

  /// The generation of a decision that begins; `nil` while Redis is away.
  private func beginning() -> Int? { state.withLock { $0.outage.begin(.now) } }

  /// A connection that is open and not in use, or a new one.
  private func connection() throws(RedisError) -> RedisConnection {
    while let connection = state.withLock({ $0.idle.popLast() }) {
      // Redis may have been restarted, or have closed it for having been idle.
      if connection.isQuiet { return connection }
    }
    return try RedisConnection(settings, script: text)
  }

  private func succeeded(_ connection: RedisConnection, _ generation: Int) {
    let missed = state.withLock { state in
      // One that is older than an outage is closed.
      if generation == state.outage.generation { state.idle.append(connection) }
      return state.outage.succeed(generation)
    }
    guard let missed else { return }
    log().notice("redis \(settings.address) answers again; \(missed) decisions without it")
  }

  private func failed(_ error: RedisError, _ generation: Int) {
    let outage = state.withLock { state -> (pause: Duration, isNews: Bool, [RedisConnection])? in
      guard let pause = state.outage.fail(generation, .now) else { return nil }
      defer { state.idle = [] }
      // Closed where it is returned to, not under the lock.
      return (pause, state.outage.failures == 1, state.idle)
    }
    guard let outage else { return }
    let line =
      "redis \(settings.address): \(error); until it answers: \(settings.fallback().rawValue); "
      + "the next attempt is in \(Int(outage.pause / .milliseconds(1))) ms"
    if outage.isNews { log().error(line) } else { log().info(line) }
  }

  private func allBusy() -> RedisError {
    let error = RedisError("all \(settings.connections) connections to Redis are in use")
    let isNews = state.withLock { state in
      let now = ContinuousClock.now
      if let last = state.busy, now < last + .seconds(60) { return false }
      state.busy = now
      return true
    }
    if isNews { log().warning("\(error); raise --redis-connections") }
    return error
  }
}
