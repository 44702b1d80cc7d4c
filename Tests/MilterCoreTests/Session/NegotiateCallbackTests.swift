import MilterCore
import Testing

/// The options that a filter's `negotiate` gets and may ask for.
@Suite struct NegotiateCallbackTests {
  @Test(arguments: [
    // The filter sees every no-reply step, whether the MTA offers it or not.
    (#"\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00"#, 0xF as UInt32, 0xFF0BF as UInt32, 0x37F),
    (#"\x00\x00\x00\x03\x00\x00\x00?\x00\x00\x01\x7f"#, 0x3F, 0xFF1FF, 0x37F),
    (Play.offer, 0x1FF, 0x1F_FFFF, 0x77F),
  ])
  func `The filter sees the offer and the steps without a callback`(
    offer: String, actions: UInt32, steps: UInt32, proposed: UInt32
  ) {
    var play = Play(.negotiate, actions: nil)
    _ = play.send("O:" + offer)
    #expect(play.offered?.actions.rawValue == actions)
    #expect(play.offered?.steps.rawValue == steps)
    #expect(play.proposed?.actions.rawValue == actions)
    #expect(play.proposed?.steps.rawValue == proposed)
  }

  @Test func `All options are the default, whatever was stored`() {
    var play = Play(
      negotiate: { _, options in
        options = .init(version: 3, actions: .addhdrs, steps: .nrHdr)
        return .allOptions
      })
    #expect(play.send("O") == #"O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x00\x04\x00"#)
  }

  @Test func `continue keeps the stored options, and a step may be requested without a callback`() {
    var play = Play(
      [.negotiate, .header, .eom],
      negotiate: { _, options in
        options.actions = .addhdrs
        options.steps = .hdrLeadspc
        return .continue
      })
    #expect(play.send("O") == #"O\x00\x00\x00\x06\x00\x00\x00\x01\x00\x10\x00\x00"#)
    // The MTA may still leave out a step without a callback.
    #expect(play.send("L E") == "c c")
  }

  @Test(arguments: [
    MilterStatus.reject, .discard, .accept, .tempfail, .noreply, .skip,
  ])
  func `Any other status closes without an answer`(status: MilterStatus) {
    var play = Play(negotiate: { _, _ in status })
    #expect(play.send("O") == "(closed)")
    #expect(play.failure?.code == .negotiationRefused)
    #expect(
      play.failure?.message
        == "negotiate returned \(status), neither continue nor allOptions")
  }

  @Test func `No-reply steps that are not offered are removed from the answer`() {
    var play = Play(
      MilterCallbacks.all.subtracting([.data, .unknown]),
      negotiate: { _, options in
        options.steps.formUnion(.allNr)
        return .continue
      })
    #expect(
      play.send(#"O:\x00\x00\x00\x02\x00\x00\x01\xff\x00\x00\x00\x7f"#)
        == #"O\x00\x00\x00\x02\x00\x00\x01\xff\x00\x00\x00\x00"#)
    #expect(play.send("C H M R T L N B E") == "c c c c c c c c c")
  }

  @Test(
    arguments: [
      (.hdrLeadspc, #"\x00\x0f\xff\xff"#, "hdrLeadspc"),
      (.rcptRej, #"\x00\x1f\xf7\xff"#, "rcptRej"), (.skip, #"\x00\x1f\xfb\xff"#, "skip"),
      // The filter has callbacks for these steps, so it asks to leave them out itself.
      ([.nohelo, .nohdrs], #"\x00\x1f\xff\xdd"#, "nohelo, nohdrs"),
      (.init(rawValue: 0x8000_0000), #"\x7f\xff\xff\xff"#, "0x80000000"),
    ] as [(MilterProtocolFlags, String, String)])
  func `Any other step that is not offered is refused by name`(
    steps: MilterProtocolFlags, offer: String, name: String
  ) {
    var play = Play(
      negotiate: { _, options in
        options.steps.formUnion(steps)
        return .continue
      })
    #expect(play.send(#"O:\x00\x00\x00\x06\x00\x00\x01\xff"# + offer) == "(closed)")
    #expect(play.failure?.message == "the MTA does not offer the steps: \(name)")
  }

  @Test(arguments: [MilterProtocolFlags.nodata, .nounknown])
  func `data and unknown that cannot be left out are removed from the answer`(
    step: MilterProtocolFlags
  ) {
    var play = Play(
      negotiate: { _, options in
        options.steps.formUnion(step)
        return .continue
      })
    #expect(
      play.send(#"O:\x00\x00\x00\x02\x00\x00\x01\xff\x00\x00\x00\x7f"#)
        == #"O\x00\x00\x00\x02\x00\x00\x01\xff\x00\x00\x00\x00"#)
  }

  @Test(
    arguments: [
      (.mds256k, 262_143), (.mds1m, 1_048_575), ([.mds256k, .mds1m], 1_048_575), ([], 65_535),
    ] as [(MilterProtocolFlags, Int)])
  func `Larger frames are agreed on if both sides want them`(steps: MilterProtocolFlags, limit: Int)
  {
    // libmilter refuses a filter that asks for larger frames, even if the MTA offers them.
    for offer in ["?", #"\x00"#] {
      var play = Play(
        negotiate: { _, options in
          options.steps.formUnion(steps)
          return .continue
        })
      _ = play.send(#"O:\x00\x00\x00\x06\x00\x00\x01\xff"# + offer + #"\x1f\xff\xff"#)
      #expect(play.failure == nil, "offered: \(offer)")
      #expect(play.session.maximumPayload == (offer == "?" ? limit : 65_535), "offered: \(offer)")
    }
  }

  @Test func `The requested version is limited to what both sides speak`() {
    for (wanted, agreed) in [(9, 6), (4, 4), (0, 2)] as [(UInt32, UInt32)] {
      var play = Play(
        negotiate: { _, options in
          options.version = wanted
          return .continue
        })
      _ = play.send("O")
      #expect(play.session.agreed.version == agreed, "wanted: \(wanted)")
    }
  }

  @Test func `Only what was offered is agreed on`() {
    var session = FilterSession(callbacks: .all)
    var output = ReplyBuffer()
    #expect(throws: MilterError(.wrongTime, "")) {
      try session.agree(.continue, .init(actions: [], steps: []), to: &output)
    }
    #expect(output.ready.isEmpty)
  }

  @Test func `Steps left out on one connection are not left out on the next`() {
    // libmilter keeps one table of left-out steps for the whole process.
    var first = Play(negotiate: { _, options in
      options.steps.formUnion(.nomail)
      return .continue
    })
    #expect(first.send("O C H R").hasSuffix(#"\x00\x00\x04\x04 c c c"#))
    var second = Play()
    _ = second.send("O C H")
    #expect(second.send("R") == "(nothing)")
  }
}
