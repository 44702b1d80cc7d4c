import MilterCore
import MilterFilterFixtures
import MilterMTA
import MilterTesting
import Testing

/// Checks that a member's verdict without effect on the message does not exclude the member.
@Suite struct VerdictPathTests {
  private static let refused = MTAEnvelope.Path(
    Array("refused@example.org".utf8), refusal: Array("550 5.1.1 unknown".utf8))

  /// Returns a filter that gets refused recipients and returns a status for them.
  private func filter(_ status: MilterStatus, _ journal: MilterFilterFixtures.Journal)
    -> ScriptedFilter
  {
    ScriptedFilter(journal) { filter, callback in
      switch callback {
      case .negotiate: filter.wanted.steps.insert(.rcptRej)
      case .envrcpt where filter.arguments.first?.contains("refused") == true: return status
      default: break
      }
      return .continue
    }
  }

  @Test(arguments: [MilterStatus.accept, .discard, .reject, .tempfail], [false, true])
  func `A member's verdict on a recipient that the MTA has refused has no effect`(
    status: MilterStatus, isFirst: Bool
  ) throws {
    for profile in [MTAProfile.postfix, .sendmail] {
      let (judge, last) = (MilterFilterFixtures.Journal(), MilterFilterFixtures.Journal())
      let mta = TestMTA(
        profile,
        filter: MilterChain {
          filter(status, judge)
          filter(.continue, last)
        })
      mta.mail()
      if isFirst { mta.perform(.rcpt(Self.refused)) }
      mta.rcpt(to: "good@example.org")
      if !isFirst { mta.perform(.rcpt(Self.refused)) }
      mta.rcpt(to: "other@example.org")
      try mta.eom().expect(.continue)
      #expect(mta.outcome?.verdict == .accept, "\(profile): \(mta)")
      for (member, journal) in [("the first", judge), ("the last", last)] {
        #expect(journal.all.filter { $0 == "eom" } == ["eom"], "\(profile): \(member)")
        #expect(journal.all.contains { $0.contains("refused") }, "\(profile): \(member)")
      }
      #expect(mta.log == [], "\(profile)")
    }
  }

  @Test(arguments: [ChainMember.Fallback.tempfail, .accept], [MTAProfile.postfix, .sendmail])
  func `A reply that Postfix considers invalid is attributed to its member alone`(
    fallback: ChainMember.Fallback, profile: MTAProfile
  ) throws {
    let last = MilterFilterFixtures.Journal()
    let mistaken = try RawFilter(
      replies: [.replycode(Array("550 4.7.1 no".utf8))], at: .rcpt)
    defer { mistaken.stop() }
    let mta = TestMTA(
      profile,
      filter: PatientChain {
        ChainMember.patient("unix:\(mistaken.path)").onFailure(fallback)
        filter(.continue, last)
      })
    mta.rcpt(to: "good@example.org")
    let isMistake = profile.replies.refusesMixedClasses
    #expect(mta.log.contains { $0.contains("has failed, ") } == isMistake, "\(mta.log)")
    #expect(last.all.contains { $0.hasPrefix("envrcpt") } == (isMistake && fallback == .accept))
  }

  @Test(
    arguments: [
      "550-5.7.1 no\r\n550 4.7.1 no", "550-5.7.1 no\r\nno", "550-5.7.1 no\n550 5.7.1 no",
    ], [MTAProfile.postfix, .postfix3_10, .postfix3_11, .sendmail])
  func `A line of a reply that Postfix 3.11 considers invalid is attributed to its member alone`(
    reply: String, profile: MTAProfile
  ) throws {
    let last = MilterFilterFixtures.Journal()
    let mistaken = try RawFilter(replies: [.replycode(Array(reply.utf8))], at: .rcpt)
    defer { mistaken.stop() }
    let mta = TestMTA(
      profile,
      filter: PatientChain {
        ChainMember.patient("unix:\(mistaken.path)").onFailure(.accept)
        filter(.continue, last)
      })
    mta.rcpt(to: "good@example.org")
    let isMistake = profile.replies.checksEachLine
    #expect(mta.log.contains { $0.contains("has failed, ") } == isMistake, "\(mta.log)")
    #expect(last.all.contains { $0.hasPrefix("envrcpt") } == isMistake)
  }

  @Test func `A member that accepts a refused recipient gets the envelope again`() throws {
    let journal = MilterFilterFixtures.Journal()
    let mta = TestMTA(.postfix, filter: MilterChain { filter(.accept, journal) })
    mta.rcpt(to: "good@example.org")
    mta.perform(.rcpt(Self.refused))
    mta.rcpt(to: "other@example.org")
    mta.eom()
    let envelope = journal.all.filter { $0.hasPrefix("env") }
    #expect(
      envelope == [
        "envfrom <sender@example.org>", "envrcpt <good@example.org>",
        "envrcpt <refused@example.org>",
        "envfrom <sender@example.org>", "envrcpt <good@example.org>", "envrcpt <other@example.org>",
      ])
  }

  @Test(arguments: [
    (MilterCallback.envfrom, ChainMember.Fallback.tempfail), (.envrcpt, .tempfail),
    (.envfrom, .accept),
  ])
  func `A member that refuses the envelope the second time has failed`(
    callback: MilterCallback, fallback: ChainMember.Fallback
  ) throws {
    let count = Counter()
    let member = ScriptedFilter { filter, current in
      if current == .negotiate { filter.wanted.steps.insert(.rcptRej) }
      if current == .envrcpt, filter.arguments.first?.contains("refused") == true {
        count.add()
        return .accept
      }
      return current == callback && count.value > 0 ? .reject : .continue
    }
    let mta = TestMTA(
      .postfix,
      filter: MilterChain { ChainMember.filter(member).named("fickle").onFailure(fallback) })
    mta.rcpt(to: "good@example.org")
    mta.perform(.rcpt(Self.refused))
    if fallback == .tempfail {
      try mta.data().expect(.tempfail)
    } else {
      mta.eom()
      #expect(mta.outcome?.verdict == .accept, "\(mta)")
    }
    #expect(mta.log.contains { $0.contains("fickle[0] has failed, ") })
  }

  @Test(arguments: [MilterCallback.envrcpt, .unknown])
  func `A message that a member discards stays discarded`(callback: MilterCallback) {
    let mta = BareMTA(
      MilterChain {
        ScriptedFilter { _, current in current == callback ? .discard : .continue }
        ScriptedFilter()
      })
    mta.mail()
    if callback == .unknown { mta.rcpt() }
    let reply =
      callback == .unknown ? mta.tell(.unknown(Array("FROB".utf8))).last : mta.rcpt("first")
    #expect(reply == .discard)
    #expect(mta.rcpt("second") == .discard)
    let replies = mta.content()
    #expect(replies.allSatisfy { $0 == .discard } && !replies.isEmpty)
  }

  @Test(arguments: [MTACommandCode.rcpt, .unknown, .data, .mail])
  func `After a member disconnects the client, no mail of the client passes`(
    step: MTACommandCode
  ) throws {
    let text = Array("421 4.7.0 go away".utf8)
    let closing = Array("421 4.7.0 Server closing connection".utf8)
    for (reply, expected) in [
      (FilterReply.replycode(text), text), (.shutdown, closing), (.connectionFailure, closing),
    ] {
      let hostile = try RawFilter(replies: [reply], at: step)
      defer { hostile.stop() }
      let mta = BareMTA(
        PatientChain {
          ChainMember.patient("unix:\(hostile.path)")
          ScriptedFilter()
        })
      let mail = mta.mail()
      let rcpt = mta.rcpt("first")
      if step == .unknown {
        #expect(mta.tell(.unknown([0x58])) == [.replycode(expected)], "\(reply)")
      }
      let again = mta.rcpt("second")
      let content = mta.content()
      let replies = [mail, rcpt, again].compactMap(\.self) + content
      #expect(replies.contains(.replycode(expected)), "\(reply): \(step): \(replies)")
      #expect(
        content.allSatisfy { $0 != .continue && $0 != .accept }, "\(reply): \(step): \(replies)")
      #expect(mta.mail() == .replycode(expected), "\(reply)")
    }
  }

  @Test(arguments: [MTAProfile.postfix, .sendmail])
  func `Changing a missing field needs no other action than the member has`(profile: MTAProfile)
    throws
  {
    let mta = TestMTA(
      profile,
      filter: MilterChain {
        ScriptedFilter { filter, callback in
          if callback == .negotiate { filter.wanted.actions = .chghdrs }
          if callback == .eom {
            try filter.chgheader("X-New", 1, "yes")
            try filter.chgheader("Subject", 2, "second")
          }
          return .continue
        }
      })
    let outcome = try mta.send(MTAMail()).expect(.accept)
    #expect(outcome.headers("X-New") == ["yes"])
    #expect(Set(outcome.headers("Subject")) == ["test", "second"])
  }

  @Test func `A member that throws after megabytes of changes is skipped`() throws {
    let member = ScriptedFilter { filter, callback in
      guard callback == .eom else { return .continue }
      try filter.addheader("X-Lost", "yes")
      try filter.replacebody(String(repeating: "0123456789abcde\r\n", count: 400_000))
      throw Oops()
    }
    let mta = TestMTA(
      .postfix, filter: MilterChain { ChainMember.filter(member).onFailure(.accept) })
    for _ in 0..<2 { #expect(try mta.send(MTAMail()).expect(.accept).actions == []) }
    let strict = TestMTA(.postfix, filter: MilterChain { member })
    try strict.send(MTAMail()).expect(.tempfail)
  }

  @Test func `A recipient of a virtual alias domain, which Postfix accepts, reaches all members`()
    throws
  {
    let (asking, last) = (MilterFilterFixtures.Journal(), MilterFilterFixtures.Journal())
    let mta = TestMTA(
      .postfix,
      filter: MilterChain {
        filter(.continue, asking)
        ScriptedFilter(last)
      })
    mta.macros["{rcpt_mailer}"] = "error"
    mta.macros["{rcpt_host}"] = "5.1.1 User unknown in virtual alias table"
    mta.rcpt(to: "user@alias.example")
    mta.eom()
    #expect(mta.outcome?.verdict == .accept, "\(mta)")
    for journal in [asking, last] {
      #expect(journal.all.contains("envrcpt <user@alias.example>"))
      #expect(journal.all.contains("eom"))
    }
    #expect(mta.log == [])
  }

  @Test func `A reply 421 of a member that throws does not disconnect the client`() throws {
    let member = ScriptedFilter { filter, callback in
      guard callback == .eom else { return .continue }
      try filter.setreply("421", "4.7.0", "go away")
      try filter.replacebody(String(repeating: "0123456789abcde\r\n", count: 400_000))
      throw Oops()
    }
    let mta = TestMTA(
      .postfix, filter: MilterChain { ChainMember.filter(member).onFailure(.accept) })
    for _ in 0..<2 { try mta.send(MTAMail()).expect(.accept) }
  }

  @Test(arguments: [MTAProfile.postfix, .libmilterReference])
  func `A member may report progress in a callback without a reply`(profile: MTAProfile) throws {
    func member() -> ScriptedFilter {
      ScriptedFilter { filter, callback in
        switch callback {
        case .negotiate:
          filter.wanted.steps.formUnion([
            .nrConn, .nrHelo, .nrMail, .nrRcpt, .nrData, .nrHdr, .nrEoh, .nrBody,
          ])
        case .abort, .close: break
        default: try filter.progress()
        }
        return .continue
      }
    }
    for filter in [member(), MilterChain { member() }] {
      let mta = TestMTA(profile, filter: filter)
      mta.macros["v"] = "Postfix 3.7.11"
      for _ in 0..<2 {
        let outcome = mta.send(MTAMail(body: "Hello\n"))
        #expect(outcome.verdict == .accept, "\(type(of: filter)): \(mta)")
      }
      #expect(mta.log == [], "\(type(of: filter))")
    }
  }

  private struct Oops: Error {}
}
