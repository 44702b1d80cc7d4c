import MilterCore
import MilterRandomFixtures
import Testing

@testable import MilterMTA

/// The fast path of a step to a filter, compared with the general path.
@Suite struct PlainTellingTests {
  /// Steps of each kind, usual and unusual.
  private static let steps: [MTAStep] = [
    .connect(host: bytes("mx"), address: nil), .helo(bytes("mx.example")),
    .mail(path("<a@example.org>", ["SIZE=1"])), .mail(path("<>")), .mail(path("<a\0b>")),
    .rcpt(path("<b@example.org>")), .rcpt(path("<c@example.org>", ["NOTIFY=NEVER"])),
    .rcpt(path("<d@example.org>", refusal: "550 5.1.1 no")), .rcpt(path("<long>", ["x\0y"])),
    .data, .data, .header(MTAHeader("Subject", "a\nb")), .header(MTAHeader("X", "")),
    .header(MTAHeader(name: bytes("X"), separator: [0x3A], value: bytes("tight"))),
    .header(MTAHeader(name: [], value: bytes("nameless"))), .header(MTAHeader("X", "a\0b")),
    .header(MTAHeader("Long", String(repeating: "x", count: 70_000))), .eoh,
    .body(bytes("a body\r\n")), .body([]), .body([UInt8](repeating: 0x78, count: 100_000)), .eom,
    .unknown(bytes("XYZ")), .reset, .newClient,
  ]
  /// The steps of an ordinary message, from which most steps of a test are.
  private static let usual: [MTAStep] = [
    .mail(path("<a@example.org>")), .rcpt(path("<b@example.org>")), .data,
    .header(MTAHeader("Subject", "Hello")), .eoh, .body(bytes("a body\r\n")), .eom,
  ]
  private static let profiles: [MTAProfile] = [
    .postfix, .sendmail, .libmilterReference, .stalwart, withArguments,
  ]
  /// An MTA that repeats the arguments in the address.
  private static var withArguments: MTAProfile {
    var profile = MTAProfile.sendmail
    profile.addressHasArguments = true
    return profile
  }

  @Test(arguments: 0..<60)
  func `A step leaves the same behind and sends the same on both ways`(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    var short = Self.session(&random)
    var general = short
    var (taken, fitting) = (0, 0)
    for number in 0..<400 {
      let step =
        Int.random(in: 0..<3, using: &random) == 0
        ? Self.one(of: Self.steps, &random) : Self.usual[number % Self.usual.count]
      let fits =
        !short.keepsContent && short.relayed != nil && short.profile.dialect == .complete
        && short.settled == nil && !short.profile.addressHasArguments
      fitting += fits ? 1 : 0
      let before = State(short)
      var output = ByteWriter()
      let isPlain = short.performPlainly(step, to: &output)
      general.perform(step)
      if !isPlain {
        #expect(State(short) == before, "\(step)")
        output = ByteWriter()
        short.perform(step)
      }
      taken += isPlain ? 1 : 0
      #expect(output.bytes + short.takeOutput() == general.takeOutput(), "\(step)")
      #expect(State(short) == State(general), "\(step)")
      var isFirst = true
      while let callback = general.waiting {
        let reply = Self.reply(to: callback, &random)
        if isPlain, isFirst, reply == .continue {
          short.continuePlainly()
        } else {
          short.receive(reply.bytes)
        }
        general.receive(reply.bytes)
        isFirst = false
        #expect(short.takeOutput() == general.takeOutput(), "\(step): \(reply)")
        #expect(State(short) == State(general), "\(step): \(reply)")
      }
      if general.failure != nil || general.isClosed {
        short = Self.session(&random)
        general = short
      }
    }
    // After a failure, the test continues with a random session, which may not allow the fast path. So
    // only a run with many steps that allow it must have used it.
    #expect(taken > 20 || fitting < 100)
  }

  /// Returns a random reply of a filter, which is usually continue.
  private static func reply(to callback: MilterCallback, _ random: inout SplitMix64) -> FilterReply
  {
    let replies: [FilterReply] =
      callback == .eom
      ? [.continue, .accept, .addheader(name: bytes("X"), value: bytes("y"))]
      : [
        .accept, .reject, .tempfail, .discard, .skip, .replycode(bytes("550 5.7.1 no")),
        .progress, .addheader(name: bytes("X"), value: bytes("y")),
      ]
    return Int.random(in: 0..<12, using: &random) == 0
      ? one(of: replies, &random) : .continue
  }

  /// Returns a session after the negotiation, as a chain uses it.
  private static func session(_ random: inout SplitMix64) -> MTASession {
    var session = MTASession(one(of: profiles, &random))
    session.keepsContent = Int.random(in: 0..<8, using: &random) == 0
    var macros = RelayedMacros()
    for stage in MilterStage.allCases where Bool.random(using: &random) {
      let defaults = Bool.random(using: &random) ? [bytes("i")] : nil
      let strings = bytes("i\04QID\0{auth_authen}\0a\0")
      macros.packets.append(.init(stage, strings: strings, defaults: defaults))
    }
    macros.ignoresEmptyLists = Bool.random(using: &random)
    if Int.random(in: 0..<8, using: &random) > 0 { session.relayed = macros }
    let offer = session.profile.offer
    let wanted: [MilterProtocolFlags] = [
      [], .skip, [.skip, .hdrLeadspc], [.nrHdr, .nrEoh, .nrBody, .skip], [.nrRcpt, .nrData],
      [.nohdrs, .skip], [.nobody], [.rcptRej, .skip], [.noeoh, .nodata], [.mds256k, .skip],
    ]
    let steps = one(of: wanted, &random).intersection(offer.steps)
    let lists: [MilterNegotiation.MacroList] =
      Bool.random(using: &random) ? [] : [.init(stage: .envrcpt, macros: bytes("i {auth_authen}"))]
    let options = MilterOptions(version: offer.version, actions: offer.actions, steps: steps)
    _ = session.takeOutput()
    session.receive(FilterReply.negotiate(.init(options: options, macroLists: lists)).bytes)
    return session
  }

  /// The public state of a session, and the state of its message.
  private struct State: Equatable {
    let exchanges: [MTAExchange]
    let outcome: MTAOutcome?
    let failure: MTAFailure?
    let mail: MTAMail?
    let recipients: [MTAOutcome.Recipient]?
    let rest: String

    init(_ session: MTASession) {
      exchanges = session.exchanges
      outcome = session.outcome
      failure = session.failure
      let message = session.transaction
      mail = message?.mail
      recipients = message?.recipients
      let values: [Any?] = [
        session.waiting, session.replyCount, session.isClosed, session.isIdle, session.isInMessage,
        session.messageCount, session.isDeaf, session.owesAbort, session.lastChunk,
        session.warnings, session.refusal, session.lastAnswered, session.progressCount,
        session.tally.count, session.tally.bytes, session.tally.bodyBytes, message?.skipped,
        message?.isShown, message?.hasQueueFile, message?.isContent, message?.decision?.verdict,
        message?.bodyRun,
      ]
      rest = "\(values)"
    }
  }

  private static func one<Value>(of values: [Value], _ random: inout SplitMix64) -> Value {
    values[Int.random(in: values.indices, using: &random)]
  }

  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  private static func path(
    _ address: String, _ arguments: [String] = [], refusal: String? = nil
  ) -> MTAEnvelope.Path {
    var path = MTAEnvelope.Path(
      bytes(address), arguments: arguments.map(bytes), refusal: refusal.map(bytes))
    path.address = bytes(address)
    return path
  }
}
