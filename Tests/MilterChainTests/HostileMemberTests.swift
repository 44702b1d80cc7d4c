import MilterCore
import MilterTesting
import Testing

/// No member that breaks the protocol, is silent or hangs up loses mail.
@Suite struct HostileMemberTests {
  private static let steps: [MTACommandCode] = [
    .negotiate, .connect, .helo, .mail, .rcpt, .data, .header, .eoh, .body, .endOfBody,
  ]

  private final class Stamp: Milter {
    override func eom() throws -> Status {
      try addheader("X-Stamp", "yes")
      return .continue
    }
  }

  private static let timeouts = ChainMember.Timeouts(
    connect: .seconds(5), command: .milliseconds(300), content: .milliseconds(300))

  @Test(arguments: HostileFilter.Deed.allCases)
  private func `mail is deferred, or passes without the member, as its fallback says`(
    deed: HostileFilter.Deed
  ) throws {
    // At the end of a message a change is in order.
    for step in Self.steps where deed != .unaskedChange || step != .endOfBody {
      let hostile = try HostileFilter(deed, at: step)
      defer { hostile.stop() }
      for fallback in [ChainMember.Fallback.tempfail, .accept] {
        let mta = TestMTA(
          .postfix,
          filter: MilterChain {
            ChainMember.remote("unix:\(hostile.path)", timeouts: Self.timeouts)
              .onFailure(fallback)
            Stamp()
          })
        for _ in 0..<2 {
          let outcome = mta.send(Message())
          switch fallback {
          case .accept:
            #expect(outcome.verdict == .accept, "\(deed) at \(step): \(outcome)")
            #expect(outcome.headers("X-Stamp") == ["yes"], "\(deed) at \(step)")
          case .tempfail:
            #expect(outcome.verdict == .tempfail, "\(deed) at \(step): \(outcome)")
          }
        }
        mta.quit()
      }
    }
  }

  @Test func `a member that cannot be reached is a tempfail, or as if it were not there`() throws {
    func send(_ fallback: ChainMember.Fallback) -> MTAOutcome {
      TestMTA(
        .postfix,
        filter: MilterChain {
          ChainMember.remote("unix:/nowhere/at/all.sock").onFailure(fallback)
          Stamp()
        }
      ).send(Message())
    }
    try send(.tempfail).expect(.tempfail)
    #expect(try send(.accept).expect(.accept).headers("X-Stamp") == ["yes"])
  }

  @Test func `a filter behind a socket is a member like any other`() throws {
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { Stamp() }
    try server.start()
    defer { server.stop() }
    let address = try #require(server.addresses.first)
    let mta = TestMTA(
      .postfix,
      filter: PatientChain {
        ChainMember.patient(address)
        ChainMember.message { message in
          message.headers["X-Seen"] = message.headers["X-Stamp"] ?? "nothing"
          return .continue
        }
      })
    for _ in 0..<3 {
      let outcome = try mta.send(Message()).expect(.accept)
      #expect(outcome.headers("X-Stamp") == ["yes"])
      #expect(outcome.headers("X-Seen") == ["yes"])
    }
  }
}
