import MilterCore
import MilterMTA
import Testing

/// A driver's mistakes are failures of the session, each with a name.
@Suite struct MTASessionMisuseTests {
  private static let mail = MTAMail(MTAMessage(eml: b("Subject: x\n\ny\n")))

  @Test func `Sending a message before the last one has ended fails both`() {
    var session = MTASession(.postfix)
    session.send(Self.mail)
    session.send(Self.mail)
    #expect(session.outcome?.verdict == .failure)
    #expect(session.outcome?.failure?.code == .notIdle)
    #expect(session.failure?.code == .notIdle)
    #expect(session.isIdle)
  }

  @Test func `A message after steps that have not been performed fails`() {
    var session = MTASession(.postfix)
    session.perform(.connect(host: [], address: nil))
    session.send(Self.mail)
    #expect(session.outcome?.failure?.code == .notIdle)
  }

  @Test(arguments: [true, false])
  func `A step after quit is refused, and a message has a failure`(isMessage: Bool) {
    var session = MTASession(.postfix)
    session.quit()
    _ = session.takeOutput()
    if isMessage {
      session.send(Self.mail)
      #expect(session.outcome?.failure?.code == .afterQuit)
    } else {
      session.perform(.data)
      #expect(session.exchanges.map(\.fate) == [.refused])
      #expect(session.exchanges.map(\.failure?.code) == [.afterQuit])
    }
    #expect(session.isIdle)
    #expect(session.takeOutput() == [])
  }

  @Test func `The body of an aborted message does not reach the next message`() {
    var profile = MTAProfile(name: "test")
    profile.endsWithBody = true
    var session = MTASession(profile)
    var filter = ToyFilter { _, _ in .continue }
    let steps: [MTAStep] = [
      .mail(.init("a@b.example")), .rcpt(.init("c@d.example")), .data, .eoh, .body(b("given up")),
      .reset, .mail(.init("a@b.example")), .rcpt(.init("c@d.example")), .data, .eoh, .eom,
    ]
    for step in steps {
      session.perform(step)
      carry(&session, &filter)
    }
    #expect(filter.commands.last == .endOfBody([]))
  }
}
