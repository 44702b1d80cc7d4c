import Testing

@testable import RedisStore

@Suite struct OutageTests {
  private let start = ContinuousClock.now

  private func tries(_ outage: inout Outage, _ now: ContinuousClock.Instant) -> Bool {
    outage.mayTry(now, patience: .seconds(2))
  }

  @Test func `Pauses double from a tenth of a second up to ten seconds`() {
    let pauses = (1...9).map { Outage.pause(after: $0) / .milliseconds(100) }
    #expect(pauses == [1, 2, 4, 8, 16, 32, 64, 100, 100])
    #expect(Outage.pause(after: 1_000_000) == .seconds(10))
    for _ in 1...100 {
      var outage = Outage()
      let pause = outage.fail(start)
      #expect(Duration.milliseconds(50)...Duration.milliseconds(100) ~= pause)
    }
  }

  @Test func `While Redis is away, one at a time tries`() {
    var outage = Outage()
    for _ in 1...2 { #expect(tries(&outage, start)) }
    let pause = outage.fail(start, share: 1)
    #expect(pause == .milliseconds(100))
    #expect(!tries(&outage, start + .milliseconds(99)))
    let due = start + pause
    #expect(tries(&outage, due))
    // The one that tries has not come back.
    #expect(!tries(&outage, due + .milliseconds(1999)))
    #expect(tries(&outage, due + .seconds(2)))
    outage.miss()
    let ended = outage.end()
    #expect(ended.missed == 1)
    #expect(outage.failures == 0 && outage.missed == 0)
    for _ in 1...2 { #expect(tries(&outage, due)) }
  }

  @Test func `A socket is a path, or a host with or without a port`() throws {
    #expect(try RedisAddress("/run/redis/redis.sock") == .path("/run/redis/redis.sock"))
    #expect(try RedisAddress("./s:1") == .path("./s:1"))
    #expect(try RedisAddress("redis.example") == .host("redis.example", port: 6379))
    #expect(try RedisAddress("10.0.0.7:6380") == .host("10.0.0.7", port: 6380))
    #expect(try RedisAddress("[::1]:6380") == .host("::1", port: 6380))
    #expect(try RedisAddress("[::1]") == .host("::1", port: 6379))
    #expect(try "\(RedisAddress("[::1]:6380"))" == "[::1]:6380")
    for text in ["", ":1", "host:", "host:x", "host:0", "host:65536"] {
      #expect(throws: (any Error).self, "\(text)") { try RedisAddress(text) }
    }
  }
}
