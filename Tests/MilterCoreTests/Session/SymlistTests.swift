import MilterCore
import Testing

/// Requests for macros with `setsymlist`.
@Suite struct SymlistTests {
  private func play(_ lists: [(MilterStage, String)]) -> Play {
    Play(
      .negotiate,
      negotiate: { play, _ in
        for (stage, macros) in lists {
          play.note { play throws(MilterError) in
            try play.session.setsymlist(stage, wire(macros))
          }
        }
        return .continue
      })
  }

  @Test func `Lists follow the answer in the order of the stages' numbers`() {
    var play = play([
      (.envrcpt, "{rcpt_addr}"), (.connect, "j {x}"), (.eoh, ""), (.connect, "again"),
    ])
    #expect(
      play.send("O")
        == #"[O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x00\x07\x7f\x00\x00\x00\x00j {x}\x00"#
        + #"\x00\x00\x00\x03{rcpt_addr}\x00\x00\x00\x00\x06\x00]"#)
    #expect(play.notes == ["ok", "ok", "ok", "invalidArgument"])
  }

  @Test func `No macro list is sent to an MTA that does not offer them`() {
    // libmilter sends the list even to such an MTA.
    var play = Play(
      .negotiate, actions: nil,
      negotiate: { play, _ in
        play.note { play throws(MilterError) in try play.session.setsymlist(.eom, wire("i")) }
        return .continue
      })
    #expect(
      play.send(#"O:\x00\x00\x00\x06\x00\x00\x00\xff\x00\x1f\xff\xff"#)
        == #"O\x00\x00\x00\x06\x00\x00\x00\xff\x00\x00\x07\x7f"#)
    #expect(play.notes == ["notOffered"])
  }

  @Test func `Requesting macros requests the action`() {
    var play = Play(
      .negotiate, actions: .addhdrs,
      negotiate: { play, _ in
        play.note { play throws(MilterError) in try play.session.setsymlist(.eom, wire("i")) }
        return .continue
      })
    #expect(
      play.send("O")
        == #"O\x00\x00\x00\x06\x00\x00\x01\x01\x00\x00\x07\x7f\x00\x00\x00\x05i\x00"#)
  }

  @Test func `Outside negotiate it throws`() {
    // libmilter reports success here, but the call has no effect.
    var play = Play { play, callback, _ in
      if callback == .helo {
        play.note { play throws(MilterError) in try play.session.setsymlist(.envfrom, wire("i")) }
      }
      return .continue
    }
    #expect(play.send("O C H").hasSuffix("c c"))
    #expect(play.notes == ["wrongTime"])
    var fresh = FilterSession(callbacks: .all)
    #expect(throws: MilterError(.wrongTime, "")) { try fresh.setsymlist(.eom, []) }
  }

  @Test func `A list must not contain NUL`() {
    var play = play([(.helo, #"i\x00j"#)])
    #expect(play.send("O") == #"O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x00\x07\x7f"#)
    #expect(play.notes == ["invalidArgument"])
  }

  @Test func `The answer has at most 65535 bytes of payload`() {
    var fits = play([(.connect, String(repeating: "x", count: 65_518))])
    #expect(fits.send("O").utf8.count > 65_518)
    #expect(fits.failure == nil)
    var large = play([(.connect, String(repeating: "x", count: 65_519))])
    #expect(large.send("O") == "(closed)")
    #expect(large.failure?.code == .invalidArgument)
  }

  @Test func `Declared macros are requested, unless the filter requests others`() {
    var play = Play(
      .negotiate,
      negotiate: { play, _ in
        play.session.declareMacros([
          .connect: [.hostName], .envfrom: [.queueID, .authAuthen], .eoh: [.queueID],
          .eom: [.queueID, .messageID],
        ])
        play.note { play throws(MilterError) in
          try play.session.setsymlist(.connect, wire("v"))
        }
        return .continue
      })
    // Sendmail before 8.17.2 confuses the lists for eoh and eom, so both have the same macros.
    #expect(
      play.send("O")
        == #"[O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x00\x07\x7f\x00\x00\x00\x00v\x00"#
        + #"\x00\x00\x00\x02i {auth_authen}\x00\x00\x00\x00\x05i {msg_id}\x00"#
        + #"\x00\x00\x00\x06i {msg_id}\x00]"#)
    #expect(play.notes == ["ok"])
  }

  @Test func `Declared macros do not matter to an MTA without the action`() {
    var play = Play(
      .negotiate, actions: nil,
      negotiate: { play, _ in
        play.session.declareMacros([.eom: [.queueID]])
        return .continue
      })
    #expect(
      play.send(#"O:\x00\x00\x00\x06\x00\x00\x00\xff\x00\x1f\xff\xff"#)
        == #"O\x00\x00\x00\x06\x00\x00\x00\xff\x00\x00\x07\x7f"#)
  }
}
