import MilterCore
import Testing

/// The size limits of a packet.
@Suite struct ActionLimitTests {
  private static func text(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x76, count: count) }

  @Test(
    arguments: [
      (
        .addheader(name: text(1), value: text(65_532)),
        .addheader(name: text(1), value: text(65_533))
      ),
      (
        .insheader(index: 1, name: text(1), value: text(65_528)),
        .insheader(index: 1, name: text(1), value: text(65_529))
      ),
      (
        .chgheader(index: 1, name: text(65_528), value: text(1)),
        .chgheader(index: 1, name: text(65_529), value: text(1))
      ),
      (.chgfrom(text(65_534), arguments: nil), .chgfrom(text(65_535), arguments: nil)),
      (.chgfrom(text(1), arguments: text(65_532)), .chgfrom(text(1), arguments: text(65_533))),
      (.addrcpt(text(65_534)), .addrcpt(text(65_535))),
      (
        .addrcptPar(text(65_532), arguments: text(1)), .addrcptPar(text(65_533), arguments: text(1))
      ),
      (.delrcpt(text(65_534)), .delrcpt(text(65_535))),
      (.quarantine(text(65_534)), .quarantine(text(65_535))),
    ] as [(FilterReply, FilterReply)])
  func `65535 bytes are sent, one more is refused, and the session continues`(
    fits: FilterReply, large: FilterReply
  ) {
    let (replies, notes) = ActionTests.play([fits, large])
    #expect(replies.utf8.count > 65_535)
    #expect(replies.hasSuffix(" c"))
    #expect(notes == ["ok", "invalidArgument"])
    #expect(fits.bytes.prefix(4) == [0, 1, 0, 0])
  }

  @Test func `Larger frames carry larger headers`() {
    var play = Play { play, callback, _ in
      guard callback == .eom else { return .continue }
      play.attempt(.addheader(name: wire("X"), value: Self.text(1_048_572)))
      play.attempt(.addheader(name: wire("X"), value: Self.text(1_048_573)))
      return .continue
    } negotiate: { _, options in
      options.steps.formUnion(.mds1m)
      return .continue
    }
    _ = play.send(#"O:\x00\x00\x00\x06\x00\x00\x01\xff?\x1f\xff\xff C H M R T L N"#)
    #expect(play.send("E").utf8.count > 1_048_572)
    #expect(play.notes == ["ok", "invalidArgument"])
  }
}
