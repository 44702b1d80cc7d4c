import MilterCore
import Testing

/// The reply a filter sets for reject or tempfail.
@Suite struct OwnReplyTests {
  /// Returns a filter that sets replies and returns statuses in its calls of helo.
  private func play(_ steps: [(reply: MilterReply?, status: MilterStatus)]) -> Play {
    Play { play, callback, call in
      guard callback == .helo, steps.indices.contains(call - 1) else { return .continue }
      if let reply = steps[call - 1].reply { play.session.reply = reply }
      return steps[call - 1].status
    }
  }

  @Test func `A reply is sent once, with the status of its class`() throws {
    let hard = try MilterReply("550", "5.7.1", text: wire("no"))
    let soft = try MilterReply("450", nil, text: nil)
    var play = play([(hard, .reject), (nil, .reject), (soft, .reject), (nil, .tempfail)])
    _ = play.send("O C")
    #expect(play.send("H") == #"[y550 5.7.1 no\x00]"#)
    #expect(play.send("H") == "r")
    #expect(play.mistakes.isEmpty)
    #expect(play.send("H") == "r")
    #expect(play.mistakes == [MilterError(.invalidReply, "")])
    #expect(play.send("H") == #"[y450 \x00]"#)
    #expect(play.session.reply == nil)
  }

  @Test(arguments: [("550", MilterStatus.tempfail, "t"), ("450", .reject, "r")])
  func `A reply of the wrong class is reported and stays`(
    code: String, status: MilterStatus, sent: String
  ) throws {
    let reply = try MilterReply(code, nil, text: wire("x"))
    var play = play([(reply, status)])
    _ = play.send("O C")
    #expect(play.send("H") == sent)
    #expect(play.session.reply == reply)
    #expect(
      play.mistakes.first?.message
        == "the reply that was set is of class \(code.prefix(1)), which does not fit \(status); "
        + "the MTA's own text is used")
  }

  @Test(arguments: [MilterStatus.continue, .accept, .discard, .noreply, .skip])
  func `Other statuses do not affect the reply`(status: MilterStatus) throws {
    let reply = try MilterReply("550", nil, text: wire("x"))
    var play = play([(reply, status)])
    _ = play.send("O C H")
    #expect(play.session.reply == reply)
  }

  @Test func `A reply that was not used stays until it fits, across messages`() throws {
    let reply = try MilterReply("451", "4.7.1", text: wire("from connect"))
    var play = Play { play, callback, call in
      if callback == .connect { play.session.reply = reply }
      return callback == .envfrom && call == 2 ? .tempfail : .continue
    }
    _ = play.send("O C H M R A")
    #expect(play.send("M") == #"[y451 4.7.1 from connect\x00]"#)
  }

  @Test func `A 421 is sent like any other reply, and the session continues`() throws {
    var play = play([(try MilterReply("421", "4.3.2", text: wire("bye")), .tempfail)])
    _ = play.send("O C")
    #expect(play.send("H") == #"[y421 4.3.2 bye\x00]"#)
    #expect(play.send("M") == "c")
  }
}
