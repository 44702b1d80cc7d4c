import MilterCore
import Testing

/// A comparison of the session's fast path with its general path.
@Suite struct PlainStepTests {
  private static let states = CommandTableTests.everyCallback.rows.map(\.state)
  private static let statuses = MilterStatus.allCases
  /// The no-reply steps that the filter asks for, and whether the MTA offers them.
  private static let noReply: [(wanted: MilterProtocolFlags, areOffered: Bool)] = [
    ([], true), ([.nrHdr, .nrRcpt, .nrBody], true), ([.nrHdr, .nrRcpt, .nrBody], false),
  ]
  /// Every command, and unknown bytes with the low bits of a command.
  private static let codes: [UInt8] =
    MTACommandCode.allCases.map(\.rawValue) + [0x0C, 0x2C, 0x6C, 0x8C, 0x5A]
  private static let callbacks: [MilterCallbacks] = [
    .all, [.eom, .abort, .close], [.header, .body], .all.subtracting([.unknown, .envrcpt]),
  ]

  @Test(arguments: [SessionRules.strict, .libmilter], noReply.indices)
  func `Every command in every state has the same step and the same reply in both ways`(
    rules: SessionRules, agreement: Int
  ) throws {
    var taken = 0
    for callbacks in Self.callbacks {
      for state in Self.states {
        let path = try #require(RecordedTable.path(state), "\(state)")
        let session = Self.session(callbacks, rules, Self.noReply[agreement], path)
        for code in Self.codes {
          for payload in Self.payloads(code) {
            taken += Self.compare(session, code, payload) ? 1 : 0
          }
        }
      }
    }
    #expect(taken > 200)
  }

  @Test(arguments: [SessionRules.strict, .libmilter])
  func `A message with another status than continue takes the general path`(rules: SessionRules) {
    let payload = Array("a\0b\0".utf8)
    for status in [MilterStatus.skip, .reject, .accept] {
      // With nrHdr, the verdict of `header` waits for the next command with a reply.
      for (nr, path) in [(MilterProtocolFlags.nrHdr, "O C H M R T"), ([], "O C H M R T N")] {
        var session = Self.session(.all, rules, (nr, true), path)
        var output = ReplyBuffer(rules)
        let code = UInt8(ascii: nr.isEmpty ? "B" : "L")
        #expect(Self.compare(session, code, payload))
        Self.answerGenerally(&session, session.receive(code, payload.span), status, &output)
        for code in "LNBERTMUA".utf8 {
          let isTaken = Self.compare(session, code, payload)
          // libmilter drops skip where it has no effect.
          if rules == .strict || status != .skip {
            #expect(!isTaken, "\(status), \(path), \(code)")
          }
        }
        #expect(Self.compare(session, UInt8(ascii: "D"), Array("Mi\0id\0".utf8)))
      }
    }
  }

  // MARK: Comparison

  /// Compares both paths for a command and every status; returns whether the fast path took it.
  private static func compare(
    _ session: FilterSession, _ code: UInt8, _ payload: [UInt8]
  ) -> Bool {
    var short = session
    var general = session
    let plain = short.receivePlainly(code, payload.span)
    if plain == .unknown {
      #expect(state(short) == state(session), "\(code)")
      return false
    }
    let step = general.receive(code, payload.span)
    #expect(state(short) == state(general), "\(code)")
    guard case .call(let callback) = plain else {
      #expect(step == .done, "\(code)")
      return true
    }
    #expect(step == .call(callback), "\(code)")
    for status in statuses {
      var (one, other) = (short, general)
      var (replies, expected) = (ReplyBuffer(session.rules), ReplyBuffer(session.rules))
      let next = other.answer(status, to: &expected)
      if one.answerPlainly(status, from: callback, to: &replies) {
        #expect(next == .done, "\(code): \(status)")
      } else {
        #expect(state(one) == state(short), "\(code): \(status)")
        #expect(one.answer(status, to: &replies) == next, "\(code): \(status)")
      }
      #expect(state(one) == state(other), "\(code): \(status)")
      #expect(replies.ready.bytes == expected.ready.bytes, "\(code): \(status)")
    }
    return true
  }

  /// Returns the whole state of a session as text.
  private static func state(_ session: FilterSession) -> String {
    var text = ""
    dump(session, to: &text)
    return text
  }

  private static func payloads(_ code: UInt8) -> [[UInt8]] {
    guard code == MTACommandCode.macro.rawValue else { return [[], Array("a\0b\0".utf8)] }
    let large = [UInt8](repeating: UInt8(ascii: "x"), count: WireLimits.macrosOfAStage)
    return [
      [], Array("Mi\0id\0".utf8), Array("?i\0id\0".utf8), Array("M".utf8),
      Array("M".utf8) + large + [0],
    ]
  }

  /// Returns a session after commands in the notation of the recordings.
  private static func session(
    _ callbacks: MilterCallbacks, _ rules: SessionRules,
    _ noReply: (wanted: MilterProtocolFlags, areOffered: Bool), _ path: String
  ) -> FilterSession {
    var session = FilterSession(callbacks: callbacks, rules: rules)
    var output = ReplyBuffer(rules)
    for command in path.split(separator: " ") {
      guard let code = command.first?.asciiValue else { continue }
      var steps = MilterProtocolFlags.allNo.union(.skip)
      if noReply.areOffered { steps.formUnion(.allNr) }
      let offer = MilterNegotiation(options: MilterOptions(actions: .all, steps: steps))
      let payload =
        switch command.first {
        case "O": Array(MTACommand.negotiate(offer).bytes.dropFirst(5))
        case "C": Array("mx\04\0\u{19}192.0.2.7\0".utf8)
        case "T", "N", "E", "A", "K": [UInt8]()
        default: Array("a\0b\0".utf8)
        }
      let step = session.receive(code, payload.span)
      if step == .negotiate, (try? session.offer(payload.span)) != nil {
        var options = session.proposal(.addhdrs)
        options.steps.formUnion(noReply.wanted)
        try? session.agree(.continue, options, to: &output)
      } else {
        answerGenerally(&session, step, .continue, &output)
      }
    }
    return session
  }

  private static func answerGenerally(
    _ session: inout FilterSession, _ first: SessionStep, _ status: MilterStatus,
    _ output: inout ReplyBuffer
  ) {
    var step = first
    while true {
      switch step {
      case .call: step = session.answer(status, to: &output)
      case .acknowledge: step = session.answer(.continue, to: &output)
      case .messageBegan, .messageEnded, .mistake, .abort, .close: step = session.resume()
      case .done, .negotiate, .quit, .fail: return
      }
    }
  }
}
