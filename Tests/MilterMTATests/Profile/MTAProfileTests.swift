import MilterCore
import MilterMTA
import Testing

/// The macros and steps of the profiles, which RealMTATests compares with the real MTAs.
@Suite struct MTAProfileTests {
  /// Plays messages one after the other, and returns the commands the filter saw.
  private func codes(
    _ profile: MTAProfile, _ filter: ToyFilter = ToyFilter(at: .eom, .continue), messages: Int = 1
  ) -> String {
    var session = MTASession(profile)
    var filter = filter
    for _ in 0..<messages {
      session.send(sampleMail)
      carry(&session, &filter)
    }
    session.quit()
    carry(&session, &filter)
    return filter.codes
  }

  @Test func `abort comes as each MTA sends it`() {
    let message = "MRRTLLLNBE"
    #expect(codes(.postfix, messages: 2) == "OCH" + message + "A" + message + "AAQ")
    #expect(codes(.sendmail, messages: 2) == "OCH" + message + message + "Q")
    let rejecting = ToyFilter(at: .data, .reject)
    #expect(codes(.postfix, rejecting, messages: 2) == "OCHMRRTAMRRTAAQ")
    // RSET before the second message makes Sendmail send abort. Before QUIT, there is no RSET.
    #expect(codes(.sendmail, rejecting, messages: 2) == "OCHMRRTAMRRTQ")
    #expect(codes(.sendmail, ToyFilter(at: .envrcpt, .discard)) == "OCHMRAQ")
    #expect(codes(.sendmail, ToyFilter(at: .envfrom, .discard)) == "OCHMQ")
  }

  @Test(arguments: [MilterStatus.accept, .reject, .tempfail])
  func `MTAs differ after a verdict about the client`(verdict: MilterStatus) {
    #expect(codes(.postfix, ToyFilter(at: .helo, verdict)) == "OCH")
    #expect(codes(.sendmail, ToyFilter(at: .connect, verdict)) == "OCQ")
    #expect(codes(.libmilterReference, ToyFilter(at: .connect, verdict)) == "OCQ")
  }

  @Test func `MTAs differ after discard for the client`() {
    #expect(codes(.sendmail, ToyFilter(at: .connect, .discard)) == "OCQ")
    #expect(codes(.postfix, ToyFilter(at: .connect, .discard)).hasSuffix("BEAAQ"))
  }

  @Test func `Steps are performed one by one`() {
    var session = MTASession(.postfix)
    var filter = ToyFilter(at: .unknown, .reject)
    func perform(_ step: MTAStep) -> MTAExchange? {
      session.perform(step)
      carry(&session, &filter)
      return session.isIdle ? session.exchanges.last : nil
    }
    _ = perform(.connect(host: b("x"), address: nil))
    _ = perform(.helo(b("x")))
    #expect(perform(.rcpt(.init("c@d")))?.reply == [b("503 5.5.1 Error: need MAIL command")])
    _ = perform(.mail(.init("a@b")))
    #expect(perform(.unknown(b("FROB x")))?.reply == [b("550 5.7.1 Command rejected")])
    #expect(filter.commands.last == .unknown(b("FROB")))
    #expect(perform(.eom)?.fate == .refused)
    _ = perform(.rcpt(.init("c@d")))
    _ = perform(.helo(b("y")))
    #expect(perform(.data)?.fate == .refused)
    _ = perform(.mail(.init("a@b")))
    _ = perform(.reset)
    session.quit()
    carry(&session, &filter)
    #expect(filter.codes == "OCHMURHAAMAAQ")
  }

  @Test(arguments: [MilterStatus.reject, .tempfail, .discard])
  func `Since 3.10, Postfix accepts only a temporary refusal of an unknown command`(
    status: MilterStatus
  ) {
    for profile in [MTAProfile.postfix, .postfix3_10, .postfix3_11] {
      let isOld = profile == .postfix
      var session = MTASession(profile)
      var filter = ToyFilter(at: .unknown, status)
      for step: MTAStep in [
        .connect(host: b("x"), address: nil), .helo(b("x")), .mail(.init("a@b")),
        .rcpt(.init("c@d")), .unknown(b("FROB x")),
      ] {
        session.perform(step)
        carry(&session, &filter)
      }
      let reply = session.exchanges.last?.reply ?? []
      #expect(reply.isEmpty == (status == .discard || status == .reject && !isOld), "\(profile)")
      #expect(filter.commands.last == .unknown(b(isOld ? "FROB" : "FROB x")), "\(profile)")
      for step: MTAStep in [.data, .eoh, .eom] {
        session.perform(step)
        carry(&session, &filter)
      }
      // A filter that discards a message gets no further commands for it.
      #expect(filter.codes.contains("T") == (status != .discard), "\(profile)")
      let verdict: MTAVerdict = status == .discard && isOld ? .discard : .accept
      #expect(session.outcome?.verdict == verdict, "\(profile)")
    }
  }

  /// Returns a session in which the filter has the whole message, and must reply to its end.
  private static func sessionAtEnd(_ profile: MTAProfile) -> MTASession {
    var session = MTASession(profile)
    session.send(sampleMail)
    for batch in repliesUp(to: .eom) {
      _ = session.takeOutput()
      session.receive(batch.flatMap(\.bytes))
    }
    _ = session.takeOutput()
    return session
  }

  @Test(arguments: [
    ("550-5.7.1 no\r\n550 4.7.1 no", true), ("550-5.7.1 no\r\n551 5.7.1 no", false),
    ("550-no\r\n550-no\r\n550 no", false), ("550-no\n550 no", true), ("550 no\r\n", true),
    ("550-no\r\n550-no", true), ("550 no\r\n550 no", true), ("550-no\r\nno", true),
  ])
  func `Since 3.11.7, Postfix checks each line of a reply`(_ text: String, isMalformed: Bool) {
    for profile in [MTAProfile.postfix3_10, .postfix3_11] {
      var session = Self.sessionAtEnd(profile)
      session.receive(FilterReply.replycode(b(text)).bytes)
      let isFailure = session.outcome?.failure?.code == .malformedReply
      #expect(isFailure == (isMalformed && profile == .postfix3_11), "\(profile)")
    }
  }

  @Test func `The last chunk can come with the end`() {
    var profile = MTAProfile.libmilterReference
    profile.endsWithBody = true
    profile.chunkSize = 10
    let (outcome, filter) = play(ToyFilter(at: .eom, .continue), sampleMail, profile)
    #expect(outcome?.verdict == .accept)
    #expect(
      filter.commands.suffix(3) == [
        .body(b("line 1\r\nli")), .endOfBody(b("ne 2\r\n")), .quit,
      ])
  }

  @Test func `Macros come before the steps for which an MTA has them`() {
    let (_, filter) = play(ToyFilter(at: .eom, .continue), sampleMail, .postfix)
    let owners = filter.seen.compactMap { command -> String? in
      guard case .macro(let code, let macros) = command else { return nil }
      let hasID = macros.contains { $0.name == b("i") }
      return String(decoding: [code], as: UTF8.self) + (hasID ? "i" : "")
    }
    #expect(owners == ["C", "H", "M", "R", "Ri", "Ti", "Li", "Li", "Li", "Ni", "Bi", "Ei"])
    #expect(
      play(ToyFilter(at: .eom, .continue), sampleMail, .sendmail).filter.seen.contains(
        .macro(MTACommandCode.helo.rawValue, [])))
  }

  @Test func `Sendmail with EAI before 8_17_2 also has the arguments in the address`() {
    var profile = MTAProfile.sendmail
    profile.addressHasArguments = true
    let filter = play(ToyFilter(at: .eom, .continue), sampleMail, profile).filter
    #expect(filter.commands.contains(.mail([b("<a@b.example> SIZE=100"), b("SIZE=100")])))
    #expect(filter.commands.contains(.rcpt([b("<c@d.example>")])))
  }

  @Test func `Profiles are found by their names`() {
    for profile in MTAProfile.all {
      #expect(MTAProfile(named: profile.name) == profile, "\(profile)")
    }
    #expect(Set(MTAProfile.all.map(\.name)).count == MTAProfile.all.count)
    #expect(MTAProfile(named: "exim") == nil)
    #expect(MTAProfile.postfix2_3.offer.version == 2)
    #expect(!MTAProfile.postfix2_3.offer.actions.contains(.chgbody))
    #expect(MTAProfile.sendmail8_13.offer.actions.rawValue == 0x3F)
  }

  @Test(arguments: [
    (MTAProfile.sendmail, "554 5.7.1 100% off", "554 5.7.1 Command rejected"),
    (.postfix, "554 5.7.1 100% off", "554 5.7.1 100 off"),
    (.sendmail, "550 no code", "550 5.0.0 no code"), (.postfix, "550 no code", "550 no code"),
  ])
  func `A reply has the MTA's final text`(_ profile: MTAProfile, _ text: String, _ shown: String) {
    var session = Self.sessionAtEnd(profile)
    session.receive(FilterReply.replycode(b(text)).bytes)
    #expect(session.outcome?.reply == [b(shown)])
  }

  @Test(arguments: [MTAProfile.postfix, .sendmail])
  func `A body that is interrupted fails or continues`(profile: MTAProfile) {
    var session = Self.sessionAtEnd(profile)
    for reply in [FilterReply.replacebody(b("a")), .progress, .replacebody(b("b")), .continue] {
      session.receive(reply.bytes)
    }
    #expect((session.outcome?.failure?.code == .interruptedBody) == (profile == .postfix))
  }
}
