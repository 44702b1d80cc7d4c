import MilterCore
import MilterFilterFixtures
import MilterMTA
import MilterTesting
import Testing

/// The differences of a chain from the same filters in an MTA's list, as in the article Chain.
@Suite struct ListDifferenceTests {
  private typealias Journal = MilterFilterFixtures.Journal

  /// Returns a filter that decides in one callback.
  private func filter(
    _ callback: MilterCallback, _ status: MilterStatus, _ journal: Journal? = nil
  ) -> ScriptedFilter {
    ScriptedFilter(journal) { _, current in current == callback ? status : .continue }
  }

  @Test(arguments: [MilterCallback.header, .eoh, .body])
  func `A verdict about a part of the content is answered at the end of the message`(
    callback: MilterCallback
  ) throws {
    let journal = Journal()
    let mta = chain(.postfix, filter(callback, .reject), ScriptedFilter(journal))
    let outcome = try mta.send(MTAMail()).expect(.reject)
    #expect(outcome.callback == .eom)
    #expect(journal.all.contains { $0.hasPrefix("envrcpt ") })
    #expect(journal.all.allSatisfy { !$0.hasPrefix("header") && $0 != "eom" })
    let alone = TestMTA(.postfix, filter: filter(callback, .reject))
    #expect(try alone.send(MTAMail()).expect(.reject).callback == callback)
  }

  @Test func `A discard in answer to connect is ignored`() {
    let (first, last) = (Journal(), Journal())
    let mta = BareMTA(
      MilterChain {
        filter(.connect, .discard, first)
        ScriptedFilter(last)
      })
    #expect(mta.mail() == .continue)
    #expect(mta.rcpt() == .continue)
    #expect(mta.content().last == .continue)
    for journal in [first, last] { #expect(journal.all.contains("eom")) }
  }

  @Test
  func `An unknown command after a verdict reaches the other filters of a list, but no chain`()
    throws
  {
    let (listed, member) = (Journal(), Journal())
    let alone = [
      TestMTA(.postfix, filter: filter(.envrcpt, .discard)),
      TestMTA(.postfix, filter: ScriptedFilter(listed)),
    ]
    let mta = chain(.postfix, filter(.envrcpt, .discard), ScriptedFilter(member))
    for mta in alone + [mta] {
      mta.mail()
      mta.rcpt()
      let exchange = mta.perform(.unknown(Array("FROB".utf8))).exchange
      #expect((exchange.fate == .asked) == (mta === alone[1]))
    }
    #expect(listed.all.contains("unknown FROB"))
    #expect(!member.all.contains("unknown FROB"))
  }

  @Test
  func
    `After a refusal at HELO, a list's earlier filters still see MAIL, and a chain's do not`()
    throws
  {
    let journal = Journal()
    let mta = chain(.postfix, filter(.envfrom, .tempfail, journal), filter(.helo, .reject))
    mta.helo()
    let mail = mta.mail().exchange
    #expect(mail.fate == .decided)
    #expect(mail.reply == [Array("550 5.7.1 Command rejected".utf8)])
    #expect(!journal.all.contains { $0.hasPrefix("envfrom") })
    let listed = TestMTA(.postfix, filter: filter(.envfrom, .tempfail))
    listed.helo()
    try listed.mail().expect(.tempfail)
  }

  @Test func `A message continues after an unknown command that a member accepts before MAIL`() {
    let (first, last) = (Journal(), Journal())
    let mta = BareMTA(
      MilterChain {
        filter(.unknown, .accept, first)
        ScriptedFilter(last)
      })
    #expect(mta.tell(.unknown(Array("FROB".utf8))) == [.continue])
    #expect(mta.mail() == .continue)
    #expect(mta.rcpt() == .continue)
    #expect(mta.content().last == .continue)
    for journal in [first, last] { #expect(journal.all.contains("eom")) }
  }

  @Test(arguments: [MTAProfile.postfix3_10, .postfix3_11, .postfix, .sendmail], [false, true])
  func `Where Postfix ignores a discard of an unknown command, only its member leaves the message`(
    profile: MTAProfile, isFirst: Bool
  ) {
    let (judge, last) = (Journal(), Journal())
    let mta = TestMTA(
      profile,
      filter: MilterChain {
        if isFirst { filter(.unknown, .discard, judge) }
        ScriptedFilter(last)
        if !isFirst { filter(.unknown, .discard, judge) }
      })
    mta.mail()
    mta.rcpt(to: "one@example.org")
    mta.unknown("FROB")
    mta.rcpt(to: "two@example.org")
    mta.eom()
    let isIgnored = !profile.takesUnknownRejects
    #expect(mta.outcome?.verdict == (isIgnored ? .accept : .discard), "\(mta)")
    #expect(last.all.contains("eom") == isIgnored)
    #expect(last.all.contains("envrcpt <two@example.org>") == isIgnored)
    #expect(!judge.all.contains("envrcpt <two@example.org>"))
    #expect(!judge.all.contains("eom"))
  }

  @Test func `A message continues after an unknown command that a member discards before MAIL`() {
    for profile in [MTAProfile.postfix, .postfix3_11] {
      let (first, last) = (Journal(), Journal())
      let mta = TestMTA(
        profile,
        filter: MilterChain {
          filter(.unknown, .discard, first)
          ScriptedFilter(last)
        })
      mta.helo()
      #expect(mta.unknown("FROB").exchange.replies == [.continue])
      mta.eom()
      #expect(mta.outcome?.verdict == .accept, "\(mta)")
      for journal in [first, last] { #expect(journal.all.contains("eom")) }
    }
  }
}
