import MilterCore
import Testing

/// Progress replies to the MTA.
@Suite struct ProgressTests {
  /// Returns a filter that reports progress in every callback.
  private func play() -> Play {
    func report(_ play: inout Play) {
      play.note { play throws(MilterError) in try play.session.progress(to: &play.output) }
    }
    return Play { play, _, _ in
      report(&play)
      return .continue
    } negotiate: { play, _ in
      report(&play)
      return .continue
    }
  }

  @Test func `In eom it is sent without any flag`() {
    var play = Play(actions: []) { play, callback, _ in
      if callback == .eom {
        play.note { play throws(MilterError) in
          try play.session.progress(to: &play.output)
          try play.session.progress(to: &play.output)
        }
      }
      return .continue
    }
    _ = play.send("O C H M R T L N B")
    #expect(play.send("E") == "p p c")
  }

  @Test func `Sendmail does not get it in other steps`() {
    // libmilter sends progress replies in every callback.
    var play = play()
    #expect(
      play.send(#"O D:Cv\x008.17.1\x00 C H M R U T L N B"#).hasSuffix("\\x00 c c c c c c c c c"))
    #expect(play.send("E") == "p c")
    #expect(play.notes.dropLast().allSatisfy { $0 == "wrongTime" })
    #expect(play.notes.count == 11)
  }

  @Test func `Postfix accepts it at every step, but not in the negotiation`() {
    var play = play()
    #expect(play.send("O") == #"O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x00\x04\x00"#)
    #expect(play.send(#"D:Cv\x00Postfix\x203.7.11\x00 C"#) == "p c")
    #expect(play.send("H M R L N B E") == "p c p c p c p c p c p c p c")
    #expect(play.notes == ["wrongTime"] + repeatElement("ok", count: 8))
  }

  @Test(arguments: ["Sendmail", "postfix 3", "xPostfix", ""])
  func `A version that does not begin with Postfix is ignored`(version: String) {
    var play = play()
    _ = play.send("O")
    _ = play.send("D", wire(#"Cv\x00"# + version + #"\x00"#))
    #expect(play.send("C") == "c")
  }

  @Test func `The error names where it may be called`() {
    let session = FilterSession(callbacks: .all)
    var output = ReplyBuffer()
    #expect(throws: MilterError(.wrongTime, "")) { try session.progress(to: &output) }
    #expect(output.ready.isEmpty)
  }
}
