import MilterTesting
import Synchronization
import Testing

@testable import MilterRateLimit

@Suite struct RateLimitTests {
  /// A clock that the test advances.
  private final class Clock: Sendable {
    private let time = Mutex(ContinuousClock.now)
    var now: ContinuousClock.Instant { time.withLock { $0 } }
    func pass(_ duration: Duration) { time.withLock { $0 += duration } }
  }

  private let clock = Clock()

  private func table(_ count: Int, _ period: Duration) -> RateTable {
    RateTable(Rate(count: count, period: period)) { [clock] in clock.now }
  }

  private func message(_ user: String?) -> MTAMail {
    var message = MTAMail()
    if let user { message.envelope.macros["{auth_authen}"] = user }
    return message
  }

  @Test
  func `A user over the limit is told when to try again`() throws {
    let mta = TestMTA(filter: RateLimitFilter(table(3, .seconds(60))))
    for _ in 1...3 { try mta.send(message("joe")).expect(.accept) }
    try mta.send(message("joe")).expect(
      .tempfail, at: .envfrom,
      reply: "450 4.7.1 You may send 3 messages in 60 seconds; try again in 20 seconds")
    try mta.send(message("ann")).expect(.accept)
    clock.pass(.seconds(19) + .milliseconds(500))
    try mta.send(message("joe")).expect(
      .tempfail, at: .envfrom,
      reply: "450 4.7.1 You may send 3 messages in 60 seconds; try again in 1 seconds")
    clock.pass(.seconds(1))
    try mta.send(message("joe")).expect(.accept)
    try mta.send(message("joe")).expect(.tempfail)
    clock.pass(.seconds(60))
    for _ in 1...3 { try mta.send(message("joe")).expect(.accept) }
    try mta.send(message("joe")).expect(.tempfail)
  }

  @Test
  func `Recipients may be counted instead of messages`() throws {
    let mta = TestMTA(filter: RateLimitFilter(table(3, .seconds(60)), per: .recipients))
    mta.macros["{auth_authen}"] = "joe"
    for _ in 1...2 {
      mta.mail()
      mta.rcpt()
      mta.rset()
    }
    mta.mail()
    try mta.rcpt().expect(.continue)
    try mta.rcpt().expect(
      .tempfail,
      reply: "450 4.7.1 You may send to 3 recipients in 60 seconds; try again in 20 seconds")
  }

  @Test
  func `Messages count however many recipients they have`() throws {
    let mta = TestMTA(filter: RateLimitFilter(table(2, .seconds(60))))
    mta.macros["{auth_authen}"] = "joe"
    for _ in 1...2 {
      try mta.mail().expect(.continue)
      for _ in 1...5 { mta.rcpt() }
      mta.rset()
    }
    try mta.mail().expect(.tempfail)
  }

  @Test
  func `A user is logged once a period`() {
    let table = table(1, .seconds(10))
    for _ in 1...2 {
      for user in ["joe", "ann"] {
        #expect(table.admit(user) == nil)
        #expect(table.admit(user)?.isFirst == true)
        #expect(table.admit(user)?.isFirst == false)
      }
      clock.pass(.seconds(10))
    }
  }

  @Test
  func `All connections share the counts`() throws {
    let table = table(1, .seconds(10))
    try TestMTA(filter: RateLimitFilter(table)).send(message("joe")).expect(.accept)
    try TestMTA(.sendmail, filter: RateLimitFilter(table)).send(message("joe")).expect(.tempfail)
  }

  @Test
  func `Mail without login passes`() throws {
    let mta = TestMTA(filter: RateLimitFilter(table(1, .seconds(10))))
    for _ in 1...5 { try mta.send(message(nil)).expect(.accept) }
  }

  @Test
  func `Users whose counts have no effect are forgotten`() {
    let table = table(1, .seconds(10))
    for user in 1...5000 {
      #expect(table.admit("\(user)") == nil)
      clock.pass(.seconds(1))
    }
    #expect(table.size <= 1001)
    #expect(table.admit("5000") != nil)
  }
}
