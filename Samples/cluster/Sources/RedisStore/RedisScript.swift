import Dispatch
import Glibc
public import MilterKit
import Synchronization

/// A Lua script that decides in Redis, over connections that all threads share.
///
/// Redis runs one script after the other, so filters on any number of machines never decide at the same
/// time. A decision without an answer is not repeated, because Redis may have made it before the connection
/// broke.
public final class RedisScript: Sendable {
  private struct State {
    var idle: [RedisConnection] = []
    var outage = Outage()
    /// When the log last reported that all connections were in use.
    var busy: ContinuousClock.Instant?
  }

  private let text: String
  private let settings: RedisSettings
  private let log: @Sendable () -> MilterLog
  private let slots: DispatchSemaphore
  private let state = Mutex(State())

  /// Creates a script.
  ///
  /// It connects with the first decision.
  ///
  /// - Parameters:
  ///   - text: The script, which returns a list of numbers.
  ///   - settings: How to reach Redis.
  ///   - log: Returns the log for a line when Redis goes away, and when it is back.
  public init(
    _ text: String, _ settings: RedisSettings,
    log: @escaping @Sendable () -> MilterLog = { Milter.log }
  ) {
    // hiredis writes to sockets without MSG_NOSIGNAL.
    signal(SIGPIPE, SIG_IGN)
    self.text = text
    self.settings = settings
    self.log = log
    slots = DispatchSemaphore(value: settings.connections)
  }

  /// Has Redis decide.
  ///
  /// - Parameters:
  ///   - keys: The keys, to which the prefix is added.
  ///   - arguments: The script's arguments.
  /// - Returns: The numbers that the script returns; `nil` if Redis does not answer and the fallback is to
  ///   accept mail.
  /// - Throws: `RedisError` if Redis does not answer and the fallback is to defer mail.
  public func decide(keys: [[UInt8]], _ arguments: [String]) throws(RedisError) -> [Int]? {
    do throws(RedisError) {
      return try run(keys.map { Array(settings.prefix.utf8) + $0 }, arguments)
    } catch {
      state.withLock { $0.outage.miss() }
      guard settings.fallback() == .accept else { throw error }
      return nil
    }
  }

  /// Connects, so that the log shows at the start whether Redis can be reached.
  public func connect() {
    guard let generation = begin() else { return }
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
      // The decisions that have the connections may have found Redis away in the meantime.
      throw state.withLock { $0.outage.isOn(.now) } ? away : allBusy()
    }
    defer { slots.signal() }
    guard let generation = begin() else { throw away }
    do throws(RedisError) {
      let connection = try idleOrNewConnection()
      guard let answer = try connection.run(keys: keys, arguments).integers else {
        throw RedisError("the script's answer is not a list of numbers")
      }
      succeeded(connection, generation)
      return answer
    } catch {
      failed(error, generation)
      throw error
    }
  }

  private var away: RedisError { RedisError("\(settings.address) is away") }

  /// Begins a decision.
  ///
  /// - Returns: The decision's generation; `nil` while Redis is away.
  private func begin() -> Int? { state.withLock { $0.outage.begin(.now) } }

  private func idleOrNewConnection() throws(RedisError) -> RedisConnection {
    while let connection = state.withLock({ $0.idle.popLast() }) {
      // Redis closes connections when it ends, or after they were idle for long.
      if connection.isQuiet { return connection }
    }
    return try RedisConnection(settings, script: text)
  }

  private func succeeded(_ connection: RedisConnection, _ generation: Int) {
    let missed = state.withLock { state in
      // A connection from before an outage is not kept.
      if generation == state.outage.generation { state.idle.append(connection) }
      return state.outage.succeed(generation)
    }
    guard let missed else { return }
    log().notice("redis \(settings.address) answers again; \(missed) decisions without it")
  }

  private func failed(_ error: RedisError, _ generation: Int) {
    // Declared here, so that the connections are closed after the lock is released.
    var closed: [RedisConnection] = []
    var isFirst = false
    let pause = state.withLock { state -> Duration? in
      guard let pause = state.outage.fail(generation, .now) else { return nil }
      swap(&closed, &state.idle)
      isFirst = state.outage.failures == 1
      return pause
    }
    guard let pause else { return }
    let milliseconds = Int(pause / .milliseconds(1))
    let line =
      "redis \(settings.address): \(error); until it answers: \(settings.fallback().rawValue); "
      + "the next attempt is in \(milliseconds) ms"
    if isFirst { log().error(line) } else { log().info(line) }
  }

  private func allBusy() -> RedisError {
    let error = RedisError("all \(settings.connections) connections to Redis are in use")
    let isReportDue = state.withLock { state in
      let now = ContinuousClock.now
      if let last = state.busy, now < last + .seconds(60) { return false }
      state.busy = now
      return true
    }
    if isReportDue { log().warning("\(error); raise --redis-connections") }
    return error
  }
}
