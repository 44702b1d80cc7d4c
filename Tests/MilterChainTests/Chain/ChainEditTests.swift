import MilterCore
import MilterFilterFixtures
import MilterMTA
import MilterTesting
import Testing

/// The combined changes of several members.
@Suite struct ChainEditTests {
  private typealias Journal = MilterFilterFixtures.Journal

  /// Returns an MTA with a chain whose members run these closures at eom.
  private func chain(
    _ profile: MTAProfile = .postfix, _ work: (@Sendable (ScriptedFilter) throws -> Void)...
  ) -> TestMTA {
    TestMTA(
      profile,
      filter: MilterChain {
        for work in work {
          ChainMember.filter(
            ScriptedFilter { filter, callback in
              if callback == .eom { try work(filter) }
              return .continue
            })
        }
      })
  }

  @Test(arguments: ["postfix", "sendmail", "postfix-2.4", "sendmail-8.13"])
  func `Each member counts the fields that it saw`(name: String) throws {
    let profile = try #require(MTAProfile(named: name))
    let mta = chain(
      profile, { try $0.chgheader("X", 1, nil) }, { try $0.chgheader("X", 1, "second") },
      { try $0.chgheader("X", 2, nil) }, { try $0.chgheader("X", 1, "last") })
    let message = MTAMail(headers: ["X": "1", "A": "a", "X": "2", "X": "3", "B": "b"])
    let outcome = try mta.send(message).expect(.accept)
    #expect(outcome.headers == ["A: a", "X: last", "B: b"])
  }

  @Test(arguments: [MTAProfile.postfix, .sendmail])
  func `A recipient that one member adds and another removes is only removed`(
    profile: MTAProfile
  ) throws {
    let mta = chain(
      profile, { try $0.addrcpt("<new@example.org>") }, { try $0.delrcpt("new@example.org") })
    // The client may have named the recipient in another spelling, which the MTA recognizes.
    let actions = try mta.send(MTAMail()).expect(.accept).actions
    #expect(actions == [.delrcpt(Array("new@example.org".utf8))])
    // A recipient named by the client is removed, even if an earlier member added it again.
    let named = chain(
      profile, { try $0.addrcpt("<a@example.org>") }, { try $0.delrcpt("<a@example.org>") })
    var message = MTAMail()
    message.envelope.recipients = [.init("<a@example.org>"), .init("<b@example.org>")]
    let outcome = try named.send(message).expect(.accept)
    #expect(outcome.result.envelope.recipients.map(\.address) == [Array("<b@example.org>".utf8)])
  }

  @Test func `The last new sender counts, with its own arguments`() throws {
    let mta = chain(
      .postfix, { try $0.chgfrom("<one@example.org>") },
      { try $0.chgfrom("<two@example.org>", "RET=HDRS") })
    let sender = try mta.send(MTAMail()).expect(.accept).result.envelope.sender
    #expect(sender.address == Array("<two@example.org>".utf8))
    #expect(sender.arguments == [Array("RET=HDRS".utf8)])
  }

  @Test(arguments: [MilterCallback.envfrom, .envrcpt])
  func `A discard aborts the message for the others, and the next one reaches all`(
    callback: MilterCallback
  ) throws {
    let (first, decider, last) = (Journal(), Journal(), Journal())
    let mta = TestMTA(
      .postfix,
      filter: MilterChain {
        ScriptedFilter(first)
        ScriptedFilter(decider) { filter, current in
          current == callback && filter.arguments.first?.contains("bad") == true
            ? .discard : .continue
        }
        ScriptedFilter(last)
      })
    mta.mail(from: callback == .envfrom ? "bad@example.org" : "a@example.org")
    if callback == .envrcpt {
      mta.rcpt(to: "good@example.org")
      mta.rcpt(to: "bad@example.org")
    }
    mta.rset()
    #expect(first.all.count { $0 == "abort" } == 1)
    // After a discard at RCPT, the deciding member gets abort, as with libmilter, and so does the
    // last member. After a discard at MAIL, neither gets abort: the last member has no message.
    for journal in [decider, last] {
      #expect(journal.all.count { $0 == "abort" } == (callback == .envrcpt ? 1 : 0))
    }
    try mta.send(MTAMail()).expect(.accept)
    for journal in [first, decider, last] { #expect(journal.all.count { $0 == "eom" } == 1) }
  }

  @Test(arguments: [MTAProfile.postfix, .sendmail])
  func `A member's progress before eom is passed on to Postfix only`(profile: MTAProfile) throws {
    let mta = TestMTA(
      profile,
      filter: MilterChain {
        ScriptedFilter { filter, callback in
          if callback == .envfrom { try filter.progress() }
          return .continue
        }
      })
    let step = mta.mail()
    let isPostfix = profile == .postfix
    #expect(step.exchange.replies == (isPostfix ? [.progress, .continue] : [.tempfail]))
  }

  @Test func `A member's progress reply is passed on to the MTA`() throws {
    let mta = chain(
      .postfix, { try $0.progress() }, { _ in },
      {
        try $0.progress()
        try $0.progress()
      })
    #expect(try mta.send(MTAMail()).expect(.accept).progressReplies == 3)
  }

  @Test(arguments: [
    (["one\ntwo\n"], "one\r\ntwo\r\n"), (["one\r", "\ntwo\r\n"], "one\r\ntwo\r\n"),
    (["one\r\n", "\n", "\ntwo\r\n"], "one\r\n\r\n\r\ntwo\r\n"), (["\n"], "\r\n"),
    ([String(repeating: "x", count: 65_534) + "\r\ny\n"], nil),
    ([String(repeating: "x", count: 65_535) + "\ny\r\n"], nil),
    ([String(repeating: "x\n", count: 200_000)], nil),
  ])
  func `Later members see the line ends that the MTAs give a new body`(
    pieces: [String], body: String?
  ) throws {
    // Without CR, the expected body is that with CR LF instead of each line end.
    let expected =
      body ?? pieces.joined().replacing("\r\n", with: "\n").replacing("\n", with: "\r\n")
    for profile in [MTAProfile.postfix, .sendmail] {
      let replacing: @Sendable (ScriptedFilter) throws -> Void = { filter in
        for piece in pieces { try filter.replacebody(piece) }
      }
      let mta = chain(profile, replacing)
      #expect(try mta.send(MTAMail()).expect(.accept).body == expected, "\(profile.name)")
      let alone = TestMTA(
        profile,
        filter: ScriptedFilter { filter, callback in
          if callback == .eom { try replacing(filter) }
          return .continue
        })
      #expect(try alone.send(MTAMail()).expect(.accept).body == expected, "\(profile.name)")
      let journal = Journal()
      let two = TestMTA(
        profile,
        filter: MilterChain {
          ChainMember.filter(
            ScriptedFilter { filter, callback in
              if callback == .eom { try replacing(filter) }
              return .continue
            })
          ChainMember.filter(
            ScriptedFilter { filter, callback in
              if callback == .body { journal.note(String(decoding: filter.chunk, as: UTF8.self)) }
              return .continue
            })
        })
      try two.send(MTAMail()).expect(.accept)
      let isAsExpected = journal.all.joined() == expected
      #expect(isAsExpected, "\(profile.name): \(journal.all.map(\.utf8.count))")
    }
  }
}
