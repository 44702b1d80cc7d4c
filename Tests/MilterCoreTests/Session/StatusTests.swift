import MilterCore
import Testing

/// The replies for the statuses of callbacks.
@Suite struct StatusTests {
  @Test(arguments: [
    (MilterStatus.continue, "c"), (.reject, "r"), (.discard, "d"), (.accept, "a"), (.tempfail, "t"),
  ])
  func `Each status has its byte, from every callback`(status: MilterStatus, reply: String) {
    let commands = ["C", "H", "M", "R", "T", "L", "N", "B", "E", "U"]
    let callbacks: [MilterCallback] = [
      .connect, .helo, .envfrom, .envrcpt, .data, .header, .eoh, .body, .eom, .unknown,
    ]
    for (index, callback) in callbacks.enumerated() {
      var play = Play { _, running, _ in running == callback ? status : .continue }
      _ = play.send("O")
      let replies = play.send(commands.prefix(index + 1).joined(separator: " "))
      #expect(replies == String(repeating: "c ", count: index) + reply, "\(callback)")
      #expect(play.mistakes.isEmpty, "\(callback)")
    }
  }

  @Test func `abort and close have no verdict and no reply`() {
    var play = Play { _, callback, _ in
      callback == .abort || callback == .close ? .reject : .continue
    }
    _ = play.send("O C H M R")
    #expect(play.send("A") == "(nothing)")
    #expect(play.send("Q") == "(closed)")
  }

  @Test func `skip is sent for body only, and kept`() {
    // libmilter sends skip in every callback, and still calls the callback if the MTA ignores skip.
    var play = Play { _, callback, _ in
      [.helo, .envrcpt, .header, .body].contains(callback) ? .skip : .continue
    }
    #expect(play.send("O C H M R R T L L N").hasSuffix(" c c c c c c c c c"))
    #expect(play.send("B B") == "s c")
    #expect(play.send("E:tail") == "c")
    #expect(play.ran.filter { $0 == "envrcpt" || $0 == "header" || $0 == "body" }.count == 3)
    #expect(play.ran.last == "eom")
    // A skip ends with its message.
    #expect(play.send("M R T L N B") == "c c c c c s")
    #expect(play.mistakes.isEmpty)
  }

  @Test func `skip is not sent to an MTA that does not know it`() {
    var play = Play { _, callback, _ in callback == .body ? .skip : .continue }
    _ = play.send(#"O:\x00\x00\x00\x06\x00\x00\x01\xff\x00\x1f\xfb\xff"#)
    #expect(play.send("C H M R T L N B B E") == "c c c c c c c c c c")
    #expect(play.ran.filter { $0 == "body" }.count == 1)
  }

  @Test(arguments: [MilterCallback.helo, .eom])
  func `noreply that was not negotiated is an error, and continue is sent`(
    callback: MilterCallback
  ) {
    // libmilter sends nothing, and the MTA waits.
    var play = Play { _, running, _ in running == callback ? .noreply : .continue }
    _ = play.send("O")
    #expect(play.send("C H M R T N B E") == "c c c c c c c c")
    #expect(play.mistakes == [MilterError(.statusNotAllowed, "")])
    #expect(
      play.mistakes.first?.message
        == "\(callback) returned noreply, which was not negotiated for it; continue is sent")
  }

  @Test func `Requesting all options outside negotiate is an error, and tempfail is sent`() {
    var play = Play { _, callback, _ in callback == .envfrom ? .allOptions : .continue }
    #expect(play.send("O C H M").hasSuffix(" c c t"))
    #expect(play.mistakes == [MilterError(.statusNotAllowed, "")])
    #expect(play.session.state == .helo)
  }

  @Test(arguments: [(MilterStatus.allOptions, "t", ["body"]), (.noreply, "c", ["body", "eom"])])
  func `A mistake in the final chunk is one as in any other`(
    status: MilterStatus, reply: String, last: [String]
  ) {
    var play = Play { _, callback, _ in callback == .body ? status : .continue }
    _ = play.send("O C H M R T L N")
    #expect(play.send("E:tail") == reply)
    #expect(play.mistakes == [MilterError(.statusNotAllowed, "")])
    #expect(play.mistakes.first?.message.hasPrefix("body returned \(status)") ?? false)
    #expect(play.ran.suffix(last.count) == last[...])
    #expect(play.send("M") == "c")
  }

  @Test func `A final chunk goes to body, and the end has one reply`() {
    var play = Play { _, callback, call in
      callback == .body && call == 2 ? .reject : .continue
    }
    #expect(play.send("O C H M R T L N B").hasSuffix(" c c c c c c c c"))
    #expect(play.send("E:tail") == "r", "libmilter sends two replies")
    #expect(play.ran.last == "body")
    #expect(play.session.state == .helo)
  }

  @Test func `A verdict on the final chunk follows the new body`() {
    var play = Play { play, callback, _ in
      guard callback == .body else { return .continue }
      play.note { play throws(MilterError) in
        try play.session.replacebody(wire("new").span.bytes, to: &play.output)
      }
      play.attempt(.addheader(name: wire("a"), value: wire("b")))
      return .accept
    }
    _ = play.send("O C H M R T L N")
    #expect(play.send("E:tail") == #"bnew ha\x00b\x00 a"#)
    #expect(play.notes == ["ok", "ok"])
    #expect(play.send("M") == "c")
  }
}
