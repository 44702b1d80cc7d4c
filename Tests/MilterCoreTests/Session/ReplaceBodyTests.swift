import MilterCore
import Testing

/// The new body: cut into frames, and kept together.
@Suite struct ReplaceBodyTests {
  /// Plays a message to a filter that runs a closure at eom.
  private func play(
    _ flags: MilterActionFlags = .all, _ body: @escaping (inout Play) throws(MilterError) -> Void
  ) -> Play {
    Play(actions: flags) { play, callback, _ in
      if callback == .eom { play.note(body) }
      return .continue
    }
  }

  @Test(arguments: [
    (0, [0]), (1, [1]), (65_534, [65_534]), (65_535, [65_535]), (65_536, [65_535, 1]),
    (131_070, [65_535, 65_535]), (131_071, [65_535, 65_535, 1]),
  ])
  func `A body goes out in frames of 65535 bytes and the rest`(size: Int, sizes: [Int]) {
    let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 % 251) }
    var play = Play()
    _ = play.send("O C H M R T L N B")
    play.begin("E")
    #expect(errorCode { try play.session.replacebody(body.span.bytes, to: &play.output) } == nil)
    #expect(play.session.answer(.continue, to: &play.output) == .messageEnded)
    var expected: [UInt8] = []
    var rest = body[...]
    for size in sizes {
      expected += frame(0x62, rest.prefix(size))
      rest = rest.dropFirst(size)
    }
    #expect(rest.isEmpty)
    #expect(play.output.ready.bytes == expected + frame(0x63, []))
  }

  @Test(arguments: [0, 2, 70_000])
  func `For a C filter the data size limits frames but does not cut the body`(limit: Int) {
    var play = Play()
    play.session = FilterSession(callbacks: MilterCallbacks.all, rules: SessionRules.libmilter)
    play.output = ReplyBuffer(SessionRules.libmilter)
    _ = play.send("O C H M R T L N B")
    play.begin("E")
    play.session.maximumPayload = limit
    let body = [UInt8](repeating: 0x78, count: 65_536)
    let error = errorCode { try play.session.replacebody(body.span.bytes, to: &play.output) }
    #expect(error == (limit < 65_535 ? .invalidArgument : nil))
    let frames = frame(0x62, body.prefix(65_535)) + frame(0x62, [0x78])
    #expect(play.output.ready.bytes == (limit < 65_535 ? [] : frames))
  }

  @Test func `Several calls follow each other, an empty one is an empty frame`() {
    var play = play { play throws(MilterError) in
      for body in ["abc", "", "ab"] {
        try play.session.replacebody(wire(body).span.bytes, to: &play.output)
      }
    }
    _ = play.send("O C H M R T L N B")
    #expect(play.send("E") == "babc b bab c")
  }

  @Test func `It needs its flag and the end of the message`() {
    var without = play(.all.subtracting(.chgbody)) { play throws(MilterError) in
      try play.session.replacebody(wire("b").span.bytes, to: &play.output)
    }
    _ = without.send("O C H M R T L N B")
    #expect(without.send("E") == "c")
    #expect(without.notes == ["notNegotiated"])

    var early = Play()
    _ = early.send("O C H M R T L N B")
    early.note { play throws(MilterError) in
      try play.session.replacebody(wire("b").span.bytes, to: &play.output)
    }
    #expect(early.notes == ["wrongTime"])
  }

  @Test func `Anything between two chunks waits for the end of the body`() {
    // For Postfix, any other reply ends the body, and a later chunk is an error.
    var play = play { play throws(MilterError) in
      try play.session.add(.addrcpt(wire("a")), to: &play.output)
      try play.session.replacebody(wire("one").span.bytes, to: &play.output)
      try play.session.add(.addheader(name: wire("h"), value: wire("v")), to: &play.output)
      try play.session.progress(to: &play.output)
      try play.session.replacebody(wire("two").span.bytes, to: &play.output)
      try play.session.add(.delrcpt(wire("d")), to: &play.output)
    }
    _ = play.send("O C H M R T L N B")
    #expect(play.send("E") == #"p +a\x00 bone btwo hh\x00v\x00 -d\x00 c"#)
    #expect(play.notes == ["ok"])
  }
}
