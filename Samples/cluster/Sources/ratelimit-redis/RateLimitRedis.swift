import MilterKit
import MilterRateLimit
import RedisStore

/// `ratelimit` that counts in Redis, for any number of processes and machines.
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
