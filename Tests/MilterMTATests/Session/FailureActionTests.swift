import MilterCore
import MilterMTA
import Testing

/// A client that the MTA disconnects when the filter fails.
@Suite struct FailureActionTests {
  private static let closing = b("421 4.7.1 Service unavailable - try again later")

  /// Sends a message, and the filter disconnects at a callback.
  private func outcome(at callback: MilterCallback, _ profile: MTAProfile) throws -> MTAOutcome {
    var session = MTASession(profile)
    session.send(sampleMail)
    for batch in callback == .negotiate ? [] : repliesUp(to: callback) {
      _ = session.takeOutput()
      session.receive(batch.flatMap(\.bytes))
    }
    session.endOfStream()
    return try #require(session.outcome)
  }

  @Test(arguments: [
    MilterCallback.negotiate, .connect, .helo, .envfrom, .envrcpt, .data, .header, .eoh, .body,
    .eom,
  ])
  func `Since 3.11, Postfix disconnects the client of a filter that fails`(
    callback: MilterCallback
  ) throws {
    let greeting = callback == .negotiate || callback == .connect
    let outcome = try outcome(at: callback, .postfix3_11)
    #expect(outcome.verdict == .failure)
    #expect(outcome.disconnects)
    let text = b("421 mx.example.org Service unavailable - try again later")
    #expect(outcome.reply == [greeting ? text : Self.closing])
    let before = try self.outcome(at: callback, .postfix)
    #expect(!before.disconnects)
    #expect(before.reply == [b("451 4.7.1 Service unavailable - try again later")])
  }

  @Test(arguments: [MilterCallback.envrcpt, .header, .body, .eom])
  func `A message that is sent step by step ends at once, or with its content`(
    callback: MilterCallback
  ) {
    var session = MTASession(.postfix3_11)
    var filter = ToyFilter { call, _ in
      guard call.callback == callback else { return .continue }
      throw MTAFailure(.connectionClosed, "gone")
    }
    for step: MTAStep in [
      .connect(host: b("x"), address: nil), .helo(b("x")), .mail(.init("a@b")),
      .rcpt(.init("c@d")), .data, .header(MTAHeader("A", "b")), .eoh, .body(b("x\r\n")), .eom,
    ] {
      session.perform(step)
      carry(&session, &filter)
      guard session.outcome == nil else { break }
    }
    #expect(session.outcome?.reply == [Self.closing])
    #expect(session.outcome?.disconnects == true)
    #expect(session.exchanges.last?.callback == (callback == .envrcpt ? .envrcpt : .eom))
    #expect(session.exchanges.last?.reply == [Self.closing])
  }

  @Test func `A protocol error has its own code`() {
    var session = MTASession(.postfix3_11)
    session.send(sampleMail)
    for batch in repliesUp(to: .data) {
      _ = session.takeOutput()
      session.receive(batch.flatMap(\.bytes))
    }
    _ = session.takeOutput()
    session.receive(FilterReply.replycode(b("250 2.0.0 ok")).bytes)
    #expect(
      session.outcome?.reply == [b("421 4.3.5 Server configuration problem - try again later")])
  }

  @Test func `A reply filter changes the filter's refusals, and the MTA's own`() {
    var profile = MTAProfile.postfix3_11
    profile.replies.filters = [
      .init("451 4.7.1", "550 5.7.1"), .init("550-5.7.1", "450-4.7.1"), .init("554 5", "250 2"),
      .init("421 4.7.1", "450 4.7.1"),
    ]
    func outcome(_ reply: FilterReply) -> MTAOutcome? {
      var session = MTASession(profile)
      session.send(sampleMail)
      for batch in repliesUp(to: .eom) {
        _ = session.takeOutput()
        session.receive(batch.flatMap(\.bytes))
      }
      _ = session.takeOutput()
      session.receive(reply.bytes)
      return session.outcome
    }
    let refused = outcome(.tempfail)
    #expect(refused?.verdict == .reject)
    #expect(refused?.reply == [b("550 5.7.1 Service unavailable - try again later")])
    let lines = outcome(.replycode(b("550-5.7.1 one\r\n550 5.7.1 two")))
    #expect(lines?.verdict == .tempfail)
    #expect(lines?.reply == [b("450-4.7.1 one"), b("550 5.7.1 two")])
    // Postfix ignores a replacement that is not a refusal.
    #expect(outcome(.replycode(b("554 5.7.1 no")))?.reply == [b("554 5.7.1 no")])
    let kept = outcome(.replycode(b("421 4.7.1 bye")))
    #expect(kept?.disconnects == false)
    #expect(kept?.reply == [b("450 4.7.1 bye")])
  }
}
