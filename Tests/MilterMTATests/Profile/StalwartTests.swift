import MilterCore
import MilterMTA
import Testing

/// The profile of Stalwart, which is based on the source of Stalwart's milter client.
@Suite struct StalwartTests {
  private let message = MTAMail(
    MTAMessage(eml: b("Subject:  a\n b \nX: \u{e9}\n\nbody\n")),
    MTAEnvelope(
      sender: .init("<Joe@B.example>", "SIZE=1"),
      recipients: [.init("<C@d.example>", "NOTIFY=NEVER"), .init("<e@f.example>")]))

  private func outcome(_ actions: FilterReply...) throws -> MTAOutcome {
    try #require(play(ToyFilter(eom: actions), message, .stalwart).outcome)
  }

  private func fields(_ actions: FilterReply...) -> [String]? {
    play(ToyFilter(eom: actions), message, .stalwart).outcome?.result.message.headers.map {
      s($0.name)
    }
  }

  @Test func `A filter sees a part of the protocol`() throws {
    let (outcome, filter) = play(ToyFilter(at: .eom, .accept), message, .stalwart)
    #expect(outcome?.verdict == .accept)
    // Stalwart sends EOH to every filter, and never sends abort.
    #expect(filter.codes == "OCHMRRTLLNBEQ")
    #expect(
      filter.commands.first
        == .negotiate(
          .init(
            options: .init(
              actions: .init(rawValue: 0xFF), steps: .init(rawValue: 0x42)))))
    #expect(filter.commands.contains(.mail([b("<joe@b.example>")])))
    #expect(filter.commands.contains(.rcpt([b("<c@d.example>")])))
    #expect(filter.commands.contains(.header(name: b("Subject"), value: b("a\r\n b"))))
    #expect(
      filter.commands.contains(
        .body(b("Subject:  a\r\n b \r\nX: \u{e9}\r\n\r\nbody\r\n"))))
    #expect(filter.macros(.mail) == ["{mail_addr}": "joe@b.example"])
    #expect(filter.macros(.endOfBody) == [:])
    let result = try #require(outcome?.result)
    #expect(result.message == message.message)
    #expect(result.envelope.sender == message.envelope.sender)
  }

  @Test func `A header that is not UTF-8 comes empty`() {
    let mail = MTAMail(MTAMessage(headers: [.init(name: b("A"), value: [0xE9])]))
    let filter = play(ToyFilter(at: .eom, .continue), mail, .stalwart).filter
    #expect(filter.commands.contains(.header(name: b("A"), value: [])))
  }

  @Test func `Accept before the end is continue`() {
    var session = MTASession(.stalwart)
    session.send(message)
    var steps: [MilterCallback] = []
    while session.outcome == nil, let callback = session.waiting {
      _ = session.takeOutput()
      steps.append(callback)
      session.receive((callback == .negotiate ? agreement : .accept).bytes)
    }
    #expect(session.outcome?.verdict == .accept)
    #expect(
      steps == [
        .negotiate, .connect, .helo, .envfrom, .envrcpt, .envrcpt, .data, .header, .header, .eoh,
        .body, .eom,
      ])
  }

  @Test func `A filter does not reply to what follows its accept of a message`() {
    // A filter on libmilter does not reply either. Stalwart waits until its timeout expires.
    var session = MTASession(.stalwart)
    var filter = ToyFilter(at: .envfrom, .accept)
    session.send(message)
    carry(&session, &filter)
    #expect(session.waiting == .envrcpt)
    session.fail(MTAFailure(.timedOut, "no reply"))
    #expect(session.outcome?.reply == [b("451 4.3.5 Unable to accept message at this time.")])
  }

  @Test(arguments: [
    MilterCallback.connect, .envfrom, .envrcpt, .data, .header, .eoh, .body,
  ])
  func `Any other verdict is about the message`(callback: MilterCallback) {
    for (status, verdict, reply) in [
      (MilterStatus.reject, MTAVerdict.reject, "503 5.5.3 Message rejected."),
      (.tempfail, .tempfail, "451 4.3.5 Unable to accept message at this time."),
      (.discard, .discard, nil),
    ] {
      let (outcome, filter) = play(ToyFilter(at: callback, status), message, .stalwart)
      #expect(outcome?.verdict == verdict, "\(status)")
      #expect(outcome?.reply == (reply.map { [b($0)] } ?? []), "\(status)")
      #expect(!filter.codes.contains("E"), "\(status)")
    }
  }

  @Test func `A sign of life before the body is a failure`() {
    func failure(at callback: MilterCallback) -> MTAFailure.Code? {
      let filter = ToyFilter { call, _ in
        if call.callback == callback { call.progress = 1 }
        return .continue
      }
      return play(filter, message, .stalwart).outcome?.failure?.code
    }
    #expect(failure(at: .envfrom) == .unexpectedReply)
    #expect(failure(at: .header) == .unexpectedReply)
    #expect(failure(at: .body) == nil)
    #expect(failure(at: .eom) == nil)
  }

  @Test func `A reply is passed on as it is`() {
    func outcome(_ text: String) -> MTAOutcome? {
      var session = MTASession(.stalwart)
      session.send(MTAMail(MTAMessage()))
      for reply in [agreement, .replycode(b(text))] {
        _ = session.takeOutput()
        session.receive(reply.bytes)
      }
      return session.outcome
    }
    #expect(outcome("550 5.7.1 100%% % off")?.reply == [b("550 5.7.1 100%% % off")])
    let lines = outcome("550-5.7.1 one\r\n550 5.7.1 two")
    #expect(lines?.reply == [b("550 5.7.1 one"), b("550 5.7.1 two")])
    #expect(lines?.warnings.count == 1)
    #expect(outcome("421 4.7.1 bye")?.disconnects == false)
  }

  @Test func `Changes are made in its own ways`() throws {
    let (a, v) = (b("A"), b("v"))
    let second = FilterReply.addheader(name: b("B"), value: v)
    #expect(fields(.addheader(name: a, value: v), second) == ["A", "B", "Subject", "X"])
    let change = FilterReply.chgheader(index: 1, name: b("x"), value: v)
    #expect(fields(.addheader(name: a, value: v), second, change) == ["B", "A", "Subject", "X"])
    #expect(fields(.insheader(index: 1, name: b("X"), value: v)) == ["Subject", "X", "X"])
    #expect(fields(.insheader(index: 5, name: a, value: v)) == ["A", "Subject", "X"])
    #expect(fields(.chgheader(index: 1, name: b("X"), value: [])) == ["Subject"])
    #expect(fields(.chgheader(index: 0, name: b("X"), value: [])) == ["Subject", "X"])
    #expect(fields(.chgheader(index: 1, name: a, value: v)) == ["A", "Subject", "X"])
    let held = try outcome(.quarantine(b("why")))
    #expect(held.verdict == .accept)
    #expect(held.result.message.headers.first == MTAHeader("X-Quarantine", "why"))
    #expect(held.queuedHeaders.map { s($0.name) } == ["Received", "X-Quarantine", "Subject", "X"])
    #expect(try outcome(.replacebody([])).result.message.body == b("body\r\n"))
    #expect(try outcome(.delrcpt(b("<C@d.example>"))).result.envelope.recipients.count == 2)
    #expect(try outcome(.delrcpt(b("<c@d.example>"))).result.envelope.recipients.count == 1)
    #expect(try outcome(.addrcpt(b("<local>"))).result.envelope.recipients.count == 2)
  }
}
