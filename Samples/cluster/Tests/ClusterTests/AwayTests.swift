import ClusterFixtures
import Glibc
import MilterGreylist
import MilterRateLimit
import RedisStore
import Testing

extension ClusterSuite {
  /// Redis goes away, and comes back.
  @Suite struct AwayTests {
    private let folder: ScratchFolder
    private let redis: RunningRedis
    private let lines = Lines()

    init() throws {
      folder = try ScratchFolder()
      redis = try RunningRedis(in: folder, sync: "always")
    }

    private func store(_ settings: RedisSettings, count: Int = 1) -> RedisRates {
      RedisRates(
        settings, Rate(count: count, period: .seconds(604_800)), log: { [lines] in lines.log })
    }

    /// Waits until Redis decides again: `user` has sent too much.
    private func waitUntilBack(_ store: RedisRates, _ user: String) throws {
      _ = try poll(for: "an answer of Redis") { (try? store.admit(user)).flatMap { $0 } }
    }

    @Test(arguments: RedisFallback.allCases)
    func `Without Redis mail passes or waits, as configured`(_ fallback: RedisFallback) throws {
      let store = store(RedisSettings(redis, fallback: fallback))
      #expect(try store.admit("joe") == nil)
      #expect(try store.admit("joe") != nil)
      for round in 1...2 {
        try redis.kill()
        for _ in 1...100 {
          switch fallback {
          case .accept: #expect(try store.admit("joe") == nil)
          case .tempfail: #expect(throws: RedisError.self) { try store.admit("joe") }
          }
        }
        try redis.start()
        try waitUntilBack(store, "joe")
        let notices = lines.all.filter { $0.hasPrefix("notice: ") }
        #expect(notices.count == round && notices.allSatisfy { $0.contains("answers again") })
        let errors = lines.all.filter { $0.hasPrefix("error: ") }
        #expect(errors.count == round)
        #expect(errors.allSatisfy { $0.contains("until it answers: \(fallback)") })
      }
    }

    @Test func `A program starts without Redis`() throws {
      try redis.kill()
      let store = store(RedisSettings(redis, fallback: .accept))
      store.connect()
      #expect(lines.all.count == 1 && lines.all[0].contains("onnection refused"))
      #expect(try store.admit("joe") == nil)
      try redis.start()
      #expect(try redis.command("DBSIZE") == "0")
      try waitUntilBack(store, "joe")
    }

    @Test func `A Redis that hangs is waited for as long as configured`() throws {
      var settings = RedisSettings(redis, fallback: .tempfail)
      let patient = store(settings)
      #expect(try patient.admit("joe") == nil)
      settings.timeout = 100
      let store = store(settings)
      redis.signal(SIGSTOP)
      #expect(throws: RedisError.self) { try store.admit("joe") }
      #expect(lines.all.first?.contains("no answer within 100 ms") == true, "\(lines.all)")
      redis.signal(SIGCONT)
      try waitUntilBack(store, "joe")
    }

    @Test func `Connections that Redis has closed cost no decision`() throws {
      let store = store(RedisSettings(redis), count: 100)
      for _ in 1...100 {
        #expect(try store.admit("joe") == nil)
        try redis.command("CLIENT", "KILL", "TYPE", "normal")
      }
      #expect(try store.admit("joe") != nil)
      #expect(lines.all == [])
    }

    @Test func `A flushed script is sent again`() throws {
      let store = store(RedisSettings(redis), count: 2)
      #expect(try store.admit("joe") == nil)
      try redis.command("SCRIPT", "FLUSH")
      #expect(try store.admit("joe") == nil)
      #expect(try store.admit("joe") != nil)
      #expect(lines.all == [])
    }

    @Test func `A replica makes no decisions until it is the primary`() throws {
      let store = store(RedisSettings(redis))
      #expect(try store.admit("joe") == nil)
      // Nobody listens there, so that the data stays as it is.
      let nobody = try ReservedPort()
      try redis.command("REPLICAOF", "127.0.0.1", "\(nobody.number)")
      #expect(throws: RedisError.self) { try store.admit("joe") }
      #expect(lines.all.first?.contains("READONLY") == true, "\(lines.all)")
      try redis.command("REPLICAOF", "NO", "ONE")
      try waitUntilBack(store, "joe")
    }

    @Test func `Greylisting treats a replica as unavailable, also for waiting triplets`()
      throws
    {
      let times = TripletTimes(delay: 86_400, window: 172_800, keep: 172_800)
      let store = RedisTriplets(
        RedisSettings(redis, fallback: .tempfail), times, log: { [lines] in lines.log })
      #expect(try store.check(["n", "s", "r"]).wait > 0)
      let nobody = try ReservedPort()
      try redis.command("REPLICAOF", "127.0.0.1", "\(nobody.number)")
      for _ in 1...100 { #expect(throws: RedisError.self) { try store.check(["n", "s", "r"]) } }
      #expect(lines.all.count { $0.hasPrefix("error: ") && $0.contains("READONLY") } == 1)
      #expect(!lines.all.contains { $0.hasPrefix("notice: ") }, "\(lines.all)")
    }

    @Test func `More decisions than connections wait for one another`() throws {
      var settings = RedisSettings(redis)
      settings.connections = 2
      let store = store(settings, count: 400)
      try onThreads(20) { _ in
        for _ in 1...20 { _ = try store.admit("joe") }
      }
      #expect(try store.admit("joe") != nil)
      let clients = try redis.command("CLIENT", "LIST").split(separator: "\n")
      // redis-cli is one.
      #expect(clients.count == 3)
    }

    @Test func `A decision that finds every connection in use ends`() throws {
      var settings = RedisSettings(redis)
      settings.connections = 1
      settings.timeout = 100
      let store = store(settings, count: 1000)
      redis.signal(SIGSTOP)
      // One waits for Redis, the others for its connection, or they find Redis away.
      try onThreads(4) { _ in
        #expect(throws: RedisError.self) { try store.admit("joe") }
      }
      redis.signal(SIGCONT)
      try poll(for: "an answer of Redis") {
        do {
          return try store.admit("ann") == nil ? () : nil
        } catch {
          return nil
        }
      }
    }
  }
}
