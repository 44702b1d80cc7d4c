import MilterCore
import MilterFilterFixtures
import MilterTesting
import Testing

/// Checks that no mail is lost when a member breaks the protocol, is silent, or hangs up.
@Suite struct HostileMemberTests {
  private static let steps: [MTACommandCode] = [
    .negotiate, .connect, .helo, .mail, .rcpt, .data, .header, .eoh, .body, .endOfBody,
  ]

  private static let timeouts = ChainMember.Timeouts(
    connect: .seconds(5), command: .milliseconds(300), content: .milliseconds(300))

  @Test(arguments: HostileDeed.allCases)
  private func `Mail is deferred, or passes without the member, as its fallback specifies`(
    deed: HostileDeed
  ) throws {
    // At the end of a message, a change is allowed.
    for step in Self.steps where deed != .unaskedChange || step != .endOfBody {
      let hostile = try RawFilter(deed, at: step)
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
          let outcome = mta.send(MTAMail())
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

  private static let large = String(repeating: "0123456789abcd\r\n", count: (25 << 20) / 16)

  @Test(arguments: [
    (HostileDeed.hangUp, MTACommandCode.endOfBody), (.silence, .endOfBody),
    (.garbage, .body),
  ])
  private func
    `A 25 MB body is deferred, or passes unchanged, if a member fails during it`(
      deed: HostileDeed, step: MTACommandCode
    ) throws
  {
    let hostile = try RawFilter(deed, at: step)
    defer { hostile.stop() }
    for fallback in [ChainMember.Fallback.tempfail, .accept] {
      let mta = TestMTA(
        .postfix,
        filter: PatientChain {
          ChainMember.remote("unix:\(hostile.path)", timeouts: Self.timeouts).onFailure(fallback)
          Stamp()
        })
      let outcome = mta.send(MTAMail(body: Self.large))
      #expect(outcome.verdict == (fallback == .accept ? .accept : .tempfail), "\(fallback)")
      guard fallback == .accept else { continue }
      #expect(outcome.headers("X-Stamp") == ["yes"], "\(fallback)")
      #expect(outcome.result.message.body == Array(Self.large.utf8), "\(fallback)")
    }
  }

  @Test func `A member that fails while it sends a new body has changed nothing`() throws {
    let piece = FilterReply.replacebody([UInt8](repeating: 0x61, count: 60_000))
    let change = FilterReply.addheader(name: [0x58], value: [0x79])
    for end in [[], [FilterReply.replycode(Array("zzz".utf8))]] {
      let hostile = try RawFilter(
        replies: [change] + Array(repeating: piece, count: 10) + end, at: .endOfBody)
      defer { hostile.stop() }
      let mta = TestMTA(
        .postfix,
        filter: PatientChain {
          ChainMember.remote("unix:\(hostile.path)", timeouts: Self.timeouts).onFailure(.accept)
          Stamp()
        })
      let outcome = try mta.send(MTAMail(body: "whole\n")).expect(.accept)
      #expect(outcome.headers == ["Subject: test", "X-Stamp: yes"], "end: \(end)")
      #expect(outcome.body == "whole\r\n", "end: \(end)")
    }
  }

  @Test func `Progress does not extend the time for the end of a message`() throws {
    for fallback in [ChainMember.Fallback.tempfail, .accept] {
      let hostile = try RawFilter(endless: .progress, at: .endOfBody)
      defer { hostile.stop() }
      let mta = TestMTA(
        .postfix,
        filter: PatientChain {
          ChainMember.remote(
            "unix:\(hostile.path)",
            timeouts: .init(
              connect: .seconds(120), command: .seconds(120), content: .seconds(120),
              end: .milliseconds(100))
          ).named("busy").onFailure(fallback)
          Stamp()
        })
      let outcome = mta.send(MTAMail())
      #expect(outcome.verdict == (fallback == .accept ? .accept : .tempfail))
      #expect(outcome.headers("X-Stamp") == (fallback == .accept ? ["yes"] : []))
      #expect(mta.log.contains { $0.contains("busy[0] has failed, ") })
    }
  }

  @Test func `A member that cannot be reached is a tempfail, or is skipped`() throws {
    func send(_ fallback: ChainMember.Fallback) -> MTAOutcome {
      TestMTA(
        .postfix,
        filter: MilterChain {
          ChainMember.remote("unix:/nowhere/at/all.sock").onFailure(fallback)
          Stamp()
        }
      ).send(MTAMail())
    }
    try send(.tempfail).expect(.tempfail)
    #expect(try send(.accept).expect(.accept).headers("X-Stamp") == ["yes"])
  }

  @Test func `A filter behind a socket is a member like any other`() throws {
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
      let outcome = try mta.send(MTAMail()).expect(.accept)
      #expect(outcome.headers("X-Stamp") == ["yes"])
      #expect(outcome.headers("X-Seen") == ["yes"])
    }
  }
}
