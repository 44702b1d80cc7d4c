import MilterCore
import Testing

/// Steps for which the filter negotiated that it does not reply.
@Suite struct NoReplyTests {
  private func play(
    _ steps: MilterProtocolFlags, callbacks: MilterCallbacks = .all, script: @escaping Play.Script
  ) -> Play {
    Play(callbacks, script: script) { _, options in
      options.steps.formUnion(steps)
      return .continue
    }
  }

  @Test(arguments: [MilterStatus.noreply, .continue])
  func `Nothing is sent until eom, which is always answered`(status: MilterStatus) {
    var play = play(.allNr) { _, callback, _ in callback == .eom ? .continue : status }
    #expect(
      play.send("O C H M R U T L N B") == #"O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x0f\xf4\x80"#)
    #expect(play.send("E") == "c")
    #expect(play.mistakes.isEmpty)
    #expect(play.ran.count == 10)
  }

  @Test func `An MTA that needs replies gets them`() {
    var play = play(.allNr) { _, callback, _ in callback == .eom ? .continue : .noreply }
    _ = play.send(#"O:\x00\x00\x00\x06\x00\x00\x01\xff\x00\x00\x03\xff"#)
    #expect(play.session.agreed.steps == .nrHdr)
    #expect(play.send("C H M R T L N B E") == "c c c c c c c c")
    #expect(play.mistakes.isEmpty)
  }

  @Test func `An MTA that needs a reply also gets a verdict`() {
    // libmilter sends continue, and then ignores the rest of the message without a reply.
    var play = play(.nrMail) { _, callback, call in
      callback == .envfrom && call == 1 ? .reject : .continue
    }
    _ = play.send(#"O:\x00\x00\x00\x06\x00\x00\x01\xff\x00\x00\x03\xff C H"#)
    #expect(play.send("M") == "r")
    #expect(play.send("M") == "c")
    #expect(play.mistakes.isEmpty)
  }

  @Test func `Without a callback nothing is sent`() {
    var play = Play(.eom) { _, _, _ in
      .continue
    } negotiate: { _, options in
      options.steps = .allNr
      return .continue
    }
    #expect(play.send("O") == #"O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x0f\xf0\x80"#)
    #expect(play.send("C H M R T L N B") == "(nothing)")
    #expect(play.send("E") == "c")
  }

  @Test func `A final chunk has no step of its own, so eom follows`() {
    var play = play(.nrBody) { _, callback, _ in callback == .body ? .noreply : .continue }
    #expect(play.send("O C H M R T L N B").hasSuffix(" c c c c c c c"))
    #expect(play.send("E:tail") == "c", "libmilter sends no reply")
    #expect(play.ran.suffix(3) == ["body", "body", "eom"])
    #expect(play.mistakes.isEmpty)
  }

  @Test func `A verdict is held, reported, and sent at the next step with a reply`() {
    // libmilter does not send the verdict, and ignores the rest of the message.
    var play = play([.nrHdr, .nrEoh]) { _, callback, call in
      callback == .header && call == 1 ? .reject : .continue
    }
    _ = play.send("O C H M R T")
    #expect(play.send("L L N") == "(nothing)")
    #expect(play.mistakes == [MilterError(.statusNotAllowed, "")])
    #expect(play.send("B") == "r")
    #expect(play.ran.last == "header", "no later callback gets the message")
    #expect(play.session.state == .helo)
    #expect(play.send("M R T L N B") == "c c c c")
  }

  @Test func `A held verdict about the client holds for all its messages`() {
    var play = play([.nrConn, .nrHelo]) { _, callback, _ in
      callback == .connect ? .reject : .continue
    }
    _ = play.send("O C H")
    #expect(play.send("M") == "r")
    #expect(play.send("M") == "r")
    #expect(play.ran == ["connect"], "no later callback gets this client")
  }

  @Test func `A held verdict is sent at eom at the latest, with its own reply`() throws {
    let reply = try MilterReply("554", "5.7.1", text: wire("no"))
    var play = play(.allNr) { play, callback, _ in
      if callback == .body { play.session.reply = reply }
      return callback == .body ? .reject : .continue
    }
    _ = play.send("O C H M R T L N B B")
    #expect(play.send("E:tail") == #"[y554 5.7.1 no\x00]"#)
    #expect(play.ran.last == "body")
  }

  @Test(arguments: ["A", "M", "K C"])
  func `A held verdict ends with its message`(command: String) {
    var play = play([.nrMail, .nrRcpt, .nrData, .nrConn]) { _, callback, _ in
      callback == .data ? .discard : .continue
    }
    #expect(play.send("O C H M R T").hasSuffix(" c"))
    _ = play.send(command)
    #expect(play.send("H") == "c")
  }

  @Test(arguments: [MilterCallback.connect, .helo])
  func `A verdict about the client is sent with the first mail`(callback: MilterCallback) {
    var play = play([.nrConn, .nrHelo]) { _, running, call in
      running == callback && call == 1 ? .reject : .continue
    }
    _ = play.send("O")
    #expect(play.send("C H") == "(nothing)")
    #expect(play.send("M") == "r")
    #expect(!play.ran.contains("envfrom"))
  }

  @Test(arguments: ["H M", "M"])
  func `A held verdict about a client is not applied to the next one`(commands: String) {
    // The filter does not get connect, so only QUIT_NC shows that the next client is another one.
    var play = play([.noconnect, .nrHelo]) { _, callback, call in
      callback == .helo && call == 1 ? .accept : .continue
    }
    _ = play.send("O")
    #expect(play.send("H M") == "a")
    #expect(play.send("K") == "(nothing)")
    #expect(play.send(commands) == "c")
    #expect(play.ran.last == "envfrom")
  }

  @Test func `A reply that was set for a client is not sent to the next one`() throws {
    let reply = try MilterReply("554", "5.7.1", text: wire("no"))
    var play = play(.noconnect) { play, callback, call in
      if callback == .helo, call == 1 { play.session.reply = reply }
      return callback == .envfrom ? .reject : .continue
    }
    #expect(play.send("O H K H M").hasSuffix(" c c r"))
  }

  @Test func `A held verdict about the sender refuses each recipient`() {
    var play = play(.nrMail) { _, callback, _ in callback == .envfrom ? .tempfail : .continue }
    _ = play.send("O C H")
    #expect(play.send("M R R T") == "t t t")
    #expect(play.session.state == .helo)
  }
}
