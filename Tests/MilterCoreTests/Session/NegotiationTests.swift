import MilterCore
import Testing

/// Offers and answers of filters that do not override `negotiate`.
@Suite struct NegotiationTests {
  /// An MTA's offer and the answers of filters: version, actions, and steps.
  struct Offer: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let numbers: (UInt32, UInt32, UInt32)
    let everything: (UInt32, UInt32, UInt32)
    let onlyEnvrcpt: (UInt32, UInt32, UInt32)
    let onlyEom: (UInt32, UInt32, UInt32)
  }

  /// Filters accept all offered actions and skip, and leave out the steps without a callback if the
  /// MTA offers this.
  static let offers: [Offer] = [
    Offer(
      testDescription: "Sendmail 8.17 and Postfix 3", numbers: (6, 0x1FF, 0x1F_FFFF),
      everything: (6, 0x1FF, 0x400), onlyEnvrcpt: (6, 0x1FF, 0x777), onlyEom: (6, 0x1FF, 0x77F)),
    Offer(
      testDescription: "Postfix 2.3", numbers: (2, 0x1F, 0x7F), everything: (2, 0x1F, 0),
      onlyEnvrcpt: (2, 0x1F, 0x77), onlyEom: (2, 0x1F, 0x7F)),
    Offer(
      testDescription: "Sendmail 8.13", numbers: (2, 0x3F, 0x7F), everything: (2, 0x3F, 0),
      onlyEnvrcpt: (2, 0x3F, 0x77), onlyEom: (2, 0x3F, 0x7F)),
    // An MTA that offers nothing has what the oldest protocol had. libmilter refuses it if the
    // filter has no eoh callback, because NOEOH is not offered.
    Offer(
      testDescription: "nothing", numbers: (2, 0, 0), everything: (2, 0xF, 0),
      onlyEnvrcpt: (2, 0xF, 0x37), onlyEom: (2, 0xF, 0x3F)),
    Offer(
      testDescription: "version 3", numbers: (3, 0x3F, 0x17F), everything: (3, 0x3F, 0),
      onlyEnvrcpt: (3, 0x3F, 0x177), onlyEom: (3, 0x3F, 0x17F)),
    Offer(
      testDescription: "version 7", numbers: (7, 0x1FF, 0x1F_FFFF), everything: (6, 0x1FF, 0x400),
      onlyEnvrcpt: (6, 0x1FF, 0x777), onlyEom: (6, 0x1FF, 0x77F)),
    Offer(
      testDescription: "largest version", numbers: (0x7FFF_FFFF, 0x1FF, 0x1F_FFFF),
      everything: (6, 0x1FF, 0x400), onlyEnvrcpt: (6, 0x1FF, 0x777), onlyEom: (6, 0x1FF, 0x77F)),
    Offer(
      testDescription: "frame sizes", numbers: (6, 0x1FF, 0x301F_FFFF),
      everything: (6, 0x1FF, 0x400), onlyEnvrcpt: (6, 0x1FF, 0x777), onlyEom: (6, 0x1FF, 0x77F)),
    Offer(
      testDescription: "every bit", numbers: (6, .max, .max), everything: (6, .max, 0x400),
      onlyEnvrcpt: (6, .max, 0x777), onlyEom: (6, .max, 0x77F)),
    Offer(
      testDescription: "no skip", numbers: (6, 0x1FF, 0x1F_FBFF), everything: (6, 0x1FF, 0),
      onlyEnvrcpt: (6, 0x1FF, 0x377), onlyEom: (6, 0x1FF, 0x37F)),
    // libmilter closes the connection if a step without a callback cannot be left out.
    Offer(
      testDescription: "one step", numbers: (6, 0x1FF, 0x1), everything: (6, 0x1FF, 0),
      onlyEnvrcpt: (6, 0x1FF, 0x1), onlyEom: (6, 0x1FF, 0x1)),
  ]

  @Test(arguments: offers)
  func `The answer has the options of the offer that the filter wants`(offer: Offer) {
    let cases: [(MilterCallbacks, (UInt32, UInt32, UInt32))] = [
      (.all, offer.everything), (.envrcpt, offer.onlyEnvrcpt), (.eom, offer.onlyEom),
    ]
    for (callbacks, answer) in cases {
      var play = Play(callbacks, actions: nil)
      #expect(
        play.send("O", numbers(offer.numbers)) == "O" + notation(numbers(answer)), "\(callbacks)")
      #expect(play.session.agreed.actions.rawValue == answer.1, "\(callbacks)")
      #expect(play.session.agreed.steps.rawValue == answer.2, "\(callbacks)")
      #expect(play.session.maximumPayload == WireLimits.payload64K, "\(callbacks)")
    }
  }

  @Test(arguments: [0, 1, 0x8000_0000, 0xFFFF_FFFF, 0x8000_0006] as [UInt32])
  func `A version below two, or negative, is refused`(version: UInt32) {
    var play = Play()
    #expect(play.send("O", numbers((version, 0x1FF, 0x1F_FFFF))) == "(closed)")
    #expect(play.failure?.code == .unsupportedVersion)
    let shown = Int32(truncatingIfNeeded: version)
    #expect(
      play.failure?.message
        == "the MTA speaks protocol version \(shown), this library 2 to 6")
  }

  @Test func `An offer of fewer than twelve bytes is malformed, more are ignored`() {
    for count in 1..<12 {
      var play = Play()
      let payload = Array(numbers((6, 0x1FF, 0x1F_FFFF)).prefix(count))
      #expect(play.send("O", payload) == "(closed)", "\(count) bytes")
      #expect(play.failure?.code == .malformedCommand, "\(count) bytes")
      #expect(play.ran == ["close"], "\(count) bytes")
    }
    var play = Play()
    #expect(
      play.send("O:" + Play.offer + #"\x00\x00\x00\x00j\x00"#)
        == #"O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x00\x04\x00"#)
  }

  @Test(
    arguments: [
      (.all, 0x3F, "chgfrom, addrcptPar, setsymlist"),
      (.all, 0, "chghdrs, quarantine, chgfrom, addrcptPar, setsymlist"),
      (.chghdrs, 0xF, "chghdrs"), (.init(rawValue: 0x3FF), 0x1FF, "0x200"),
    ] as [(MilterActionFlags, UInt32, String)])
  func `An action that is not offered is refused by name`(
    actions: MilterActionFlags, offer: UInt32, missing: String
  ) {
    var play = Play(actions: actions)
    #expect(play.send("O", numbers((6, offer, 0x1F_FFFF))) == "(closed)")
    #expect(play.failure?.code == .notOffered)
    #expect(play.failure?.message == "the MTA does not offer the actions: \(missing)")
  }

  @Test(
    arguments: [
      ([], 0), ([.addhdrs, .addrcpt], 5), (.all, 0x1FF),
    ] as [(MilterActionFlags, UInt32)])
  func `Only declared actions are requested`(actions: MilterActionFlags, bits: UInt32) {
    var play = Play(actions: actions)
    #expect(
      play.send("O") == "O" + notation(numbers((6, bits, 0x400))))
    #expect(play.session.agreed.actions == actions)
  }

  private func numbers(_ three: (UInt32, UInt32, UInt32)) -> [UInt8] {
    [three.0, three.1, three.2].flatMap { number in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
  }
}
