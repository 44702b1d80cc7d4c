import Testing

@testable import RedisStore

@Suite struct OutageTests {
  private let start = ContinuousClock.now

  private func begin(_ outage: inout Outage, _ now: ContinuousClock.Instant) -> Int? {
    outage.begin(now)
  }

  @Test func `Pauses double from a tenth of a second to ten seconds`() {
    let pauses = (1...9).map { Outage.pause(after: $0) / .milliseconds(100) }
    #expect(pauses == [1, 2, 4, 8, 16, 32, 64, 100, 100])
    #expect(Outage.pause(after: 1_000_000) == .seconds(10))
    for _ in 1...100 {
      var outage = Outage()
      let pause = outage.fail(0, start) ?? .zero
      #expect(Duration.milliseconds(50)...Duration.milliseconds(100) ~= pause)
    }
  }

  @Test func `While Redis is away, one decision at a time tries`() {
    var outage = Outage()
    for _ in 1...2 { #expect(begin(&outage, start) == 0) }
    let pause = outage.fail(0, start, share: 1)
    #expect(pause == .milliseconds(100))
    #expect(begin(&outage, start + .milliseconds(99)) == nil)
    let due = start + .milliseconds(100)
    #expect(begin(&outage, due) == 1)
    // The one that tries has not come back, however long it takes.
    #expect(outage.isOn(due + .seconds(3600)))
    #expect(begin(&outage, due + .seconds(3600)) == nil)
    outage.miss()
    let missed = outage.succeed(1)
    #expect(missed == 1)
    #expect(outage.failures == 0 && outage.missed == 0)
    for _ in 1...2 { #expect(begin(&outage, due) == 1) }
  }

  @Test func `Decisions that fail at once are one failure`() {
    var outage = Outage()
    for _ in 1...3 { #expect(begin(&outage, start) == 0) }
    let pauses = (1...3).map { _ in outage.fail(0, start, share: 1) }
    #expect(pauses == [.milliseconds(100), nil, nil])
    #expect(outage.failures == 1)
    // An answer that comes late does not end the outage.
    let missed = outage.succeed(0)
    #expect(missed == nil)
    #expect(begin(&outage, start) == nil)
    #expect(begin(&outage, start + .milliseconds(100)) == 1)
    let pause = outage.fail(1, start, share: 1)
    #expect(pause == .milliseconds(200))
  }

  @Test func `A socket is a path, or a host with or without a port`() throws {
    #expect(try RedisAddress("/run/redis/redis.sock") == .path("/run/redis/redis.sock"))
    #expect(try RedisAddress("./s:1") == .path("./s:1"))
    #expect(try RedisAddress("redis.example") == .host("redis.example", port: 6379))
    #expect(try RedisAddress("10.0.0.7:6380") == .host("10.0.0.7", port: 6380))
    #expect(try RedisAddress("[::1]:6380") == .host("::1", port: 6380))
    #expect(try RedisAddress("[::1]") == .host("::1", port: 6379))
    #expect(try "\(RedisAddress("[::1]:6380"))" == "[::1]:6380")
    let long = "/" + String(repeating: "s", count: 107)
    for text in [
      "", ":1", "host:", "host:x", "host:0", "host:65536", "::1", "2001:db8::7", "2001:db8::7:6379",
      long,
    ] {
      #expect(throws: (any Error).self, "\(text)") { try RedisAddress(text) }
    }
  }
}
