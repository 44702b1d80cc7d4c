import MilterTesting
import Testing

@Suite struct StepTests {
  @Test
  func `Steps are played one by one, with checks of the filter in between`() throws {
    let filter = Gatekeeper()
    let mta = TestMTA(filter: filter)
    try mta.connect("mail.example.org", .inet(address: "192.0.2.7", port: 25)).expect(.continue)
    #expect(filter.client == "mail.example.org 192.0.2.7")
    #expect(mta.helo("mail").fate == .leftOut)
    try mta.mail(from: "a@example.org", "SIZE=10").expect(.continue)
    try mta.rcpt(to: "no@example.org").expect(.reject, reply: "550 5.7.1 Command rejected")
    try mta.rcpt(to: "b@example.org").expect(.continue)
    #expect(filter.recipients == ["<b@example.org>"])
    #expect(mta.data().fate == .leftOut)
    mta.header("Subject", "x")
    #expect(filter.headers == 1)
    mta.body("one\n")
    mta.body("two\n")
    #expect(filter.bytes == 10)
    #expect(mta.outcome == nil)
    try mta.eom().expect(.accept)
    #expect(mta.outcome?.headers == ["Subject: [seen]", "X-Seen: 1 1 10"])
  }

  @Test
  func `Missing earlier steps are added`() throws {
    let filter = Gatekeeper()
    let mta = TestMTA(filter: filter)
    mta.eom()
    #expect(
      mta.steps.map(\.callback) == [
        .connect, .helo, .envfrom, .envrcpt, .data, .eoh, .eom,
      ])
    try mta.rcpt(to: "c@example.org").expect(.continue)
    #expect(mta.steps.suffix(2).map(\.callback) == [.envfrom, .envrcpt])
  }

  @Test
  func `RSET, the next message, and the end of the connection abort a message`() {
    let filter = Gatekeeper()
    let mta = TestMTA(filter: filter)
    mta.rcpt()
    mta.rset()
    mta.mail()
    #expect(filter.aborts == 1)
    mta.send(MTAMail())
    #expect(filter.aborts == 2)
    mta.mail()
    mta.disconnect()
    #expect(filter.aborts == 3)
    #expect(filter.closes == 1)
  }

  @Test(arguments: [MTAProfile.libmilterReference])
  func `Another client uses the connection`(profile: MTAProfile) throws {
    let filter = Gatekeeper()
    let mta = TestMTA(profile, filter: filter)
    mta.send(MTAMail())
    mta.newClient()
    #expect(filter.closes == 1)
    try mta.connect("other", nil).expect(.continue)
    #expect(filter.client == "other -")
    try mta.send(MTAMail()).expect(.accept)
  }

  @Test
  func `A command that the MTA refuses reaches no filter`() {
    let filter = Gatekeeper()
    let mta = TestMTA(filter: filter)
    mta.mail()
    let second = mta.perform(.mail(.init("b@example.org")))
    #expect(second.fate == .refused)
    #expect(second.replyText == "503 5.5.1 Error: nested MAIL command")
    #expect(mta.perform(.eom).fate == .refused)
    mta.perform(.rcpt(.init("no1@example.org")))
    #expect(mta.data().replyText == "554 5.5.1 Error: no valid recipients")
    #expect(mta.outcome?.verdict == .reject)
    #expect(filter.bytes == 0)
  }

  @Test
  func `A callback that throws is reported in the log`() throws {
    struct Broken: Error {}
    final class Thrower: Milter {
      override func helo(_ host: String) throws -> Status { throw Broken() }
    }
    let mta = TestMTA(filter: Thrower())
    try mta.helo().expect(.tempfail)
    #expect(mta.log.count == 1)
    #expect(mta.mail().replyText == "451 4.7.1 Service unavailable - try again later")
  }
}
