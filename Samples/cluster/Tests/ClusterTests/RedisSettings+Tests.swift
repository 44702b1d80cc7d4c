import ClusterFixtures
import RedisStore

extension RedisSettings {
  /// Settings for a Redis of a test, which a busy machine may keep from an answer for a minute.
  init(_ redis: RunningRedis, fallback: RedisFallback = .tempfail) {
    self.init(.path(redis.socket))
    timeout = 60_000
    connectTimeout = 60_000
    self.fallback = { fallback }
  }
}
