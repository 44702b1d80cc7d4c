import ClusterFixtures
import MilterRateLimit
import Testing

@testable import RedisStore

extension ClusterSuite {
  @Suite struct RedisRatesTests {
    private let folder: ScratchFolder
    private let redis: RunningRedis
    /// In microseconds, as large as those of today.
    private let clock = TestClock(1_800_000_000_000_000)

    /// Keys expire by Redis' clock, and must not while the test's stands still.
    private static let scale = 3600

    init() throws {
      folder = try ScratchFolder()
      redis = try RunningRedis(in: folder)
    }

    @Test func `Redis counts as the table does, whatever the order`() throws {
      let start = (clock.now, ContinuousClock.now)
      let rate = Rate(count: 5, period: .seconds(60 * Self.scale))
      let table = RateTable(rate) { [clock] in
        start.1 + .microseconds(clock.now - start.0)
      }
      // Two filters, which take turns.
      let filters = (0..<2).map { _ in
        RedisRates(RedisSettings(redis), rate, now: { [clock] in clock.now })
      }
      var random = Random(seed: 18)
      var counts = [0, 0]
      for step in 1...2000 {
        let user = "user\(Int.random(in: 1...3, using: &random))"
        let excess = table.admit(user)
        #expect(try filters[step % 2].admit(user)?.wait == excess?.wait, "step \(step)")
        counts[excess == nil ? 0 : 1] += 1
        let pauses = [0, 1, 999_999, 1_000_000, 3_000_001, 12_000_000 * Self.scale]
        clock.pass(pauses.randomElement(using: &random) ?? 0)
        if step % 500 == 0 {
          // Whole microseconds between two messages.
          let count = 1 + step / 500
          let rate = Rate(count: count, period: .seconds(10 * count * Self.scale))
          table.rate = rate
          for filter in filters { filter.rate = rate }
        }
      }
      #expect(counts.allSatisfy { $0 > 100 }, "\(counts)")
    }

    @Test func `The interval is rounded up, so that no extra message passes`() {
      #expect(RedisRates.interval(of: Rate(count: 1500, period: .seconds(1))) == 667)
      #expect(RedisRates.interval(of: Rate(count: 100, period: .seconds(3600))) == 36_000_000)
      #expect(RedisRates.interval(of: Rate(count: 5_000_000, period: .seconds(1))) == 1)
    }

    @Test func `The log of one filter names a user once a period`() throws {
      let filters = (0..<3).map { _ in
        RedisRates(RedisSettings(redis), Rate(count: 1, period: .seconds(3600)))
      }
      for user in ["joe", "named:joe"] {
        #expect(try filters[0].admit(user) == nil)
        #expect(try filters[1].admit(user)?.isFirst == true)
        #expect(try filters[2].admit(user)?.isFirst == false)
        #expect(try filters[1].admit(user)?.isFirst == false)
      }
      for key in ["milter:ratelimit:user:joe", "milter:ratelimit:named:joe"] {
        let life = try #require(Int(try redis.command("TTL", key)))
        #expect(life <= 3600 && life > 3000)
      }
    }
  }
}
