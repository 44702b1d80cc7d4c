import MilterCore
import Testing

/// The session after a command out of order, or after a verdict, which the tables do not show.
@Suite struct CommandOrderTests {
  @Test func `A command out of order ends the message, and is dropped without a reply`() {
    var play = Play()
    #expect(play.send("O C H M R").hasSuffix("c c c c"))
    #expect(play.send("E") == "c")
    #expect(play.send("R") == "(nothing)")
    #expect(play.send("M") == "c")
    #expect(play.send("T") == "(nothing)")
    #expect(play.ran == ["connect", "helo", "envfrom", "envrcpt", "eom", "envfrom", "abort"])
    #expect(play.session.state == .helo)
  }

  @Test func `An unknown command inside a message does not affect it`() {
    // libmilter ignores the rest of the message, and calls neither abort nor eom.
    var play = Play()
    _ = play.send("O C H M R")
    #expect(play.send("U") == "c")
    #expect(play.send("L N B U") == "c c c c")
    #expect(!play.session.isInMessage, "after DATA a client cannot send commands any more")
    #expect(play.ran.suffix(3) == ["body", "abort", "unknown"])
    #expect(play.send("M U E Q") == "c c (closed)")
    #expect(play.ran.suffix(4) == ["envfrom", "unknown", "abort", "close"])
  }

  @Test func `A command without a callback is answered with continue, and changes the state`() {
    var play = Play([.eom])
    #expect(play.send("O").hasSuffix(#"\x00\x00\x07\x7f"#))
    for command in ["C", "H", "M", "R", "T", "L", "N", "B", "E"] {
      #expect(play.send(command) == "c", "\(command)")
    }
    #expect(play.ran == ["eom"])
  }

  @Test func `The payload is not read without a callback`() {
    var play = Play([.helo])
    _ = play.send("O")
    #expect(play.send("C:host H M:nonul") == "c c c")
    #expect(play.ran == ["helo"])
  }

  @Test(arguments: [
    (MilterCallback.connect, "C"), (.helo, "H"), (.envfrom, "M"), (.data, "T"), (.header, "L"),
    (.eoh, "N"), (.body, "B"), (.eom, "E"),
  ])
  func `A verdict returns the session to its state after HELO, without abort`(
    callback: MilterCallback, command: String
  ) throws {
    let replies: [MilterStatus: String] = [
      .reject: "r", .discard: "d", .accept: "a", .tempfail: "t",
    ]
    for (status, reply) in replies {
      var play = Play { _, running, _ in running == callback ? status : .continue }
      let path = ["O", "C", "H", "M", "R", "T", "L", "N", "B", "E"]
      let index = try #require(path.firstIndex(of: command), "\(status)")
      _ = play.send(path.prefix(index).joined(separator: " "))
      #expect(play.send(command) == reply, "\(status)")
      #expect(play.session.state == .helo, "\(status)")
      #expect(!play.session.isInMessage, "\(status)")
      #expect(play.send("R T L N B E A") == "(nothing)", "\(status)")
      #expect(!play.ran.contains("abort"), "\(status)")
    }
  }

  @Test func `Refusing a recipient affects one recipient, accepting one the whole message`() {
    for status in [MilterStatus.reject, .discard, .tempfail] {
      var play = Play { _, callback, call in
        callback == .envrcpt && call == 1 ? status : .continue
      }
      _ = play.send("O C H M R")
      #expect(play.session.state == .rcpt, "\(status)")
      #expect(play.send("R") == "c", "\(status)")
    }
    var play = Play { _, callback, _ in callback == .envrcpt ? .accept : .continue }
    #expect(play.send("O C H M R").hasSuffix("a"))
    #expect(play.send("R") == "(nothing)")
    #expect(play.send("M") == "c")
    #expect(!play.ran.contains("abort"))
  }

  @Test func `discard from envrcpt leaves the message to be aborted by the next one`() {
    var play = Play { _, callback, _ in callback == .envrcpt ? .discard : .continue }
    #expect(play.send("O C H M R").hasSuffix("d"))
    #expect(play.send("M") == "c")
    #expect(play.ran.suffix(3) == ["envrcpt", "abort", "envfrom"])
  }

  @Test(arguments: [MilterStatus.reject, .tempfail, .discard])
  func `A verdict about an unknown command affects nothing else`(status: MilterStatus) {
    var play = Play { _, callback, _ in callback == .unknown ? status : .continue }
    _ = play.send("O C H M R U")
    #expect(play.session.state == .rcpt)
    #expect(play.send("T") == "c")
  }

  @Test func `abort is executed inside a message only, and has no reply`() {
    var play = Play { _, _, _ in .continue }
    _ = play.send("O C H")
    #expect(play.send("A") == "(nothing)")
    #expect(play.ran == ["connect", "helo"])
    _ = play.send("M R")
    #expect(play.send("A") == "(nothing)")
    #expect(play.send("A") == "(nothing)")
    #expect(play.send("M") == "c")
    #expect(play.ran == ["connect", "helo", "envfrom", "envrcpt", "abort", "envfrom"])
  }

  @Test func `A session without negotiation ignores connect and has no actions`() {
    var play = Play { play, callback, _ in
      if callback == .eom { play.attempt(.addheader(name: wire("a"), value: wire("b"))) }
      return .continue
    }
    #expect(play.send("C") == "(nothing)")
    #expect(play.send("H M R T N E") == "c c c c c c")
    #expect(play.notes == ["notNegotiated"])
  }

  @Test func `A second negotiation is ignored, and the connect after it`() {
    var play = Play()
    #expect(play.send("O") == #"O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x00\x04\x00"#)
    #expect(play.send("O") == "(nothing)")
    #expect(play.send("C") == "(nothing)")
    #expect(play.send("H M") == "c c")
  }
}
