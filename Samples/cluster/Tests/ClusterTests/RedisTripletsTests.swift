import ClusterFixtures
import MilterGreylist
import RedisStore
import Testing

extension ClusterSuite {
  @Suite struct RedisTripletsTests {
    private let folder: ScratchFolder
    private let redis: RunningRedis
    private let clock = TestClock(1_000_000)
    private let times = TripletTimes(delay: 300, window: 3600, keep: 100_000)

    init() throws {
      folder = try ScratchFolder()
      redis = try RunningRedis(in: folder)
    }

    private func store() -> RedisTriplets {
      RedisTriplets(RedisSettings(redis), times, now: { [clock] in clock.now })
    }

    @Test func `Redis decides as the file does, whatever the order`() throws {
      let file = try TripletFile(folder.path(of: "triplets"), times) { [clock] in clock.now }
      // Two filters, which take turns.
      let filters = [store(), store()]
      var random = Random(seed: 18)
      var waits: Set<Int> = []
      for step in 1...2000 {
        let triplet = ["n\(Int.random(in: 1...3, using: &random))", "s", "r"]
        let wait = file.check(triplet).wait
        #expect(try filters[step % 2].check(triplet).wait == wait, "step \(step)")
        waits.insert(wait)
        let pauses = [0, 1, 10, 100, 299, 300, 301, 3300, 3600, 3601, 99_999, 100_000, 100_001]
        clock.pass(pauses.randomElement(using: &random) ?? 0)
        if step % 500 == 0 {
          let times = TripletTimes(delay: step / 10, window: 3600 + step, keep: 50_000)
          file.times = times
          for filter in filters { filter.times = times }
        }
      }
      // It was deferred, deferred again, and let in.
      #expect(waits.isSuperset(of: [0, 300]) && waits.count > 10)
    }

    @Test func `Keys have the prefix, and expire when they no longer count`() throws {
      let store = store()
      #expect(try store.check(["192.0.2.0/24", "a b", "c%"]).wait == 300)
      let key = "milter:greylist:192.0.2.0/24 a%32;b c%37;"
      #expect(try redis.command("KEYS", "*") == key)
      #expect(try redis.command("GET", key) == "1000000 0")
      let window = try #require(Int(try redis.command("TTL", key)))
      #expect(window <= 3601 && window > 3000)
      clock.pass(300)
      #expect(try store.check(["192.0.2.0/24", "a b", "c%"]).wait == 0)
      #expect(try redis.command("GET", key) == "1000000 1000300")
      let keep = try #require(Int(try redis.command("TTL", key)))
      #expect(keep <= 100_001 && keep > 99_000)
    }

    @Test func `Unusual words are kept apart`() throws {
      let store = store()
      let words = ["", "\u{301}a", "a\r\nb", "e\u{301} \u{20DD}", "%", " ", "\r\n", "a b", "ab"]
      for word in words {
        #expect(try store.check(["n", word, "r"]).wait == 300)
        #expect(try store.check(["n", "r", word]).wait == 300)
      }
      #expect(try redis.command("DBSIZE") == "\(2 * words.count)")
      clock.pass(300)
      for word in words { #expect(try store.check(["n", word, "r"]).wait == 0) }
    }

    @Test func `Long addresses make no long keys, and count by their first 256 bytes`() throws {
      let store = store()
      let long = String(repeating: "x", count: 100_000)
      #expect(try store.check(["n", long, long]).wait == 300)
      let key = try redis.command("KEYS", "*")
      #expect(key.utf8.count == "milter:greylist:n  ".utf8.count + 2 * 256)
      clock.pass(300)
      #expect(try store.check(["n", long + "y", long]).wait == 0)
      #expect(try store.check(["n", "y" + long, long]).wait == 300)
    }

    @Test func `A value of another program is ignored`() throws {
      try redis.command("SET", "milter:greylist:n s r", "9 lives")
      #expect(try store().check(["n", "s", "r"]).wait == 300)
    }

    @Test func `Without a test clock, Redis' own clock counts`() throws {
      let store = RedisTriplets(RedisSettings(redis), times)
      #expect(try store.check(["n", "s", "r"]).wait == 300)
      let value = try redis.command("GET", "milter:greylist:n s r")
      let now = try redis.command("TIME").split(separator: "\n").first.flatMap { Int($0) } ?? 0
      let first = try #require(value.split(separator: " ").first.flatMap { Int($0) })
      #expect(first <= now && first > now - 3600)
      // As if it had come 300 seconds ago.
      try redis.command("SET", "milter:greylist:n s r", "\(first - 300) 0")
      #expect(try store.check(["n", "s", "r"]).wait == 0)
    }
  }
}
