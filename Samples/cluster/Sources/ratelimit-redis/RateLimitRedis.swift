import MilterKit
import MilterRateLimit
import RedisStore

/// The program `ratelimit-redis`: `ratelimit` with its counts in Redis, for any number of processes and
/// machines.
///
///     swift run ratelimit-redis --socket inet:8893@127.0.0.1 --redis 127.0.0.1:6379 --count 100
///
/// README.md has the options.
@main
final class RateLimitRedis: RateLimitFilter<RedisRates> {
  override class var name: String { "ratelimit-redis" }
  override class var answerTime: Int? { RedisSettings.answerTime }

  override class func checkSettings() throws { try RedisSettings.check() }

  override class func prepare() throws {
    try RedisSettings.takePassword()
    RedisRates.shared.connect()
  }
}
