import MilterCore
import MilterFilterFixtures
import MilterMTA
import MilterTesting
import Testing

/// The facts that conditions use, and the effect of conditions on failures and refusals of a
/// member.
@Suite struct ConditionTests {
  /// A filter that asks for macros that conditions do not use.
  private final class Asking: Milter {
    override class var macros: [MilterStage: [MilterMacroName]] {
      [.connect: [.hostName], .helo: [.cipher], .envfrom: [.mailAddr]]
    }
    override func eom() throws -> Status { .continue }
  }

  @Test(arguments: [MTAProfile.postfix, .sendmail])
  func `Conditions have all facts, even if no member needs them`(
    profile: MTAProfile
  ) throws {
    let journal = MilterFilterFixtures.Journal()
    func note(_ client: MilterClientInfo) {
      let facts = [client.name, client.address?.description, client.helo, client.user]
      journal.note(facts.map { $0 ?? "-" }.joined(separator: " "))
    }
    let mta = TestMTA(
      profile,
      filter: MilterChain {
        ChainMember.filter(Asking()).when {
          note($0)
          return true
        }
        ChainMember.filter(Stamp()).whenMessage {
          note($0.client)
          journal.note("\($0.size > 5000)")
          return true
        }
      })
    mta.macros["{auth_authen}"] = "joe"
    var message = MTAMail(body: String(repeating: "0123456789\n", count: 1000))
    message.client("mail.example.net", .inet(address: "192.0.2.7", port: 25), helo: "greeting")
    try mta.send(message).expect(.accept)
    let facts = "mail.example.net 192.0.2.7:25 greeting joe"
    #expect(
      journal.all.map { $0.replacing("[192.0.2.7]", with: "192.0.2.7") } == [facts, facts, "true"])
  }

  @Test func `A failed member does not delay mail for which its condition does not hold`() throws {
    func chain(_ condition: (ChainMember) -> ChainMember) -> TestMTA {
      TestMTA(
        .postfix,
        filter: MilterChain {
          condition(ChainMember.remote("unix:/nowhere/at/all.sock"))
          Stamp()
        })
    }
    let client = chain { $0.when { $0.isAuthenticated } }
    #expect(try client.send(MTAMail()).expect(.accept).headers("X-Stamp") == ["yes"])
    client.macros["{auth_authen}"] = "joe"
    try client.send(MTAMail()).expect(.tempfail)
    let message = chain { $0.whenMessage { $0.recipients.count > 1 } }
    #expect(try message.send(MTAMail()).expect(.accept).headers("X-Stamp") == ["yes"])
    try message.send(MTAMail(to: "a@example.org", "b@example.org")).expect(.tempfail)
  }

  @Test(arguments: [MilterCallback.connect, .helo])
  func `A client that a member refuses is refused where the member's condition holds`(
    callback: MilterCallback
  ) throws {
    let mta = TestMTA(
      .postfix,
      filter: MilterChain {
        ChainMember.filter(
          ScriptedFilter { filter, current in
            guard current == callback else { return .continue }
            try filter.setreply("554", "5.7.9", "not you")
            return .reject
          }
        ).when { !$0.isAuthenticated }
        Stamp()
      })
    try mta.mail().expect(.reject, reply: "554 5.7.9 not you")
    mta.macros["{auth_authen}"] = "joe"
    #expect(try mta.send(MTAMail()).expect(.accept).headers("X-Stamp") == ["yes"])
    mta.macros["{auth_authen}"] = nil
    try mta.mail().expect(.reject, reply: "554 5.7.9 not you")
  }

  @Test(arguments: [MilterStatus.continue, .accept, .discard, .reject, .tempfail])
  func `A member whose condition is false gets no unknown command of the message`(
    status: MilterStatus
  ) throws {
    let journal = MilterFilterFixtures.Journal()
    let mta = TestMTA(
      .postfix,
      filter: MilterChain {
        ChainMember.filter(
          ScriptedFilter(journal) { _, callback in callback == .unknown ? status : .continue }
        ).when { _ in false }
        Stamp()
      })
    mta.mail()
    mta.rcpt()
    try mta.unknown("FROB").expect(.continue)
    mta.eom()
    #expect(mta.outcome?.verdict == .accept, "\(mta)")
    #expect(mta.outcome?.headers("X-Stamp") == ["yes"])
    #expect(!journal.all.contains { $0.hasPrefix("unknown") })
    mta.unknown("OUTSIDE")
    #expect(journal.all.contains("unknown OUTSIDE"))
  }
}
