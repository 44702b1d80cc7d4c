import MilterFilterFixtures
import MilterKit
import Testing

extension RealMTASuite {
  /// The verdicts accept and discard, and verdicts without an effect, in each callback.
  @Suite struct VerdictTests {
    /// The callbacks of a message with one header and one chunk of body, in their order.
    static let callbacks: [MilterCallback] = [
      .connect, .helo, .envfrom, .envrcpt, .data, .header, .eoh, .body, .eom,
    ]

    @Test(arguments: RealMTA.Kind.allCases)
    func `A message that is accepted is queued unchanged`(kind: RealMTA.Kind) async throws {
      let play = Play()
      try await withFilter(kind, play) { mta, _ in
        var queued: Set<String> = []
        for callback in Self.callbacks {
          play.set(.accept, in: callback)
          let delivery = try mta.deliver(SmallMessage.bytes)
          #expect(delivery.final.code == 250, "\(callback)")
          let id = try #require(delivery.queueID, "\(callback)")
          let message = try mta.message(id)
          #expect(message.sentHeaders == SmallMessage.headers, "\(callback)")
          #expect(message.wireBody == SmallMessage.body, "\(callback)")
          #expect(message.sender == "sender@from.example", "\(callback)")
          #expect(message.addresses == ["rcpt@to.example"], "\(callback)")
          #expect(!message.isQuarantined, "\(callback)")
          #expect(try play.callbacks() == Self.session(upTo: callback), "\(callback)")
          queued.insert(id)
          #expect(try mta.queueIDs() == queued.sorted(), "\(callback)")
        }
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A discarded message is accepted and disappears`(kind: RealMTA.Kind) async throws {
      let play = Play()
      try await withFilter(kind, play) { mta, _ in
        for callback in Self.callbacks.dropFirst(2) {
          play.set(.discard, in: callback)
          let outcome = try mta.offer()
          #expect(outcome.step == .end, "\(callback)")
          #expect(
            outcome.lines.count == 1 && outcome.lines[0].hasPrefix("250 2.0.0 "), "\(callback)")
          #expect(try mta.queueIDs() == [], "\(callback)")
          // After envrcpt, the message is still in progress, so the filter gets abort.
          let aborts = callback == .envrcpt
          #expect(
            try play.callbacks() == Self.session(upTo: callback, aborts: aborts), "\(callback)")
        }
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `There is nothing to discard before MAIL`(kind: RealMTA.Kind) async throws {
      let play = Play()
      try await withFilter(kind, play) { mta, _ in
        play.set(.discard, in: .connect)
        let first = try mta.deliver(SmallMessage.bytes)
        // Postfix ignores the verdict; Sendmail treats it as accept.
        let seen = kind == .postfix ? Self.session(upTo: .eom) : Self.session(upTo: .connect)
        #expect(try play.callbacks() == seen)

        play.set(.discard, in: .helo)
        let second = try mta.deliver(SmallMessage.bytes)
        #expect(try play.callbacks() == Self.session(upTo: .eom))
        let ids = try [first, second].map { try #require($0.queueID) }
        #expect(try mta.queueIDs() == ids.sorted())
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A verdict in envrcpt affects the recipient or the message`(kind: RealMTA.Kind)
      async throws
    {
      let play = Play()
      try await withFilter(kind, play) { mta, _ in
        let recipients = ["one@to.example", "two@to.example", "three@to.example"]
        play.set { filter, callback in
          callback == .envrcpt && filter.arguments[0] == "<two@to.example>" ? .accept : .continue
        }
        let accepted = try mta.deliver(SmallMessage.bytes, to: recipients)
        #expect(try mta.message(try #require(accepted.queueID)).addresses == recipients)
        let seen = try play.lines().filter { $0.hasPrefix("envrcpt") || $0.hasPrefix("eom") }
        #expect(seen == ["envrcpt <one@to.example>", "envrcpt <two@to.example>"])

        let before = try mta.queueIDs()
        play.set { filter, callback in
          callback == .envrcpt && filter.arguments[0] == "<two@to.example>" ? .discard : .continue
        }
        let discarded = try mta.deliver(SmallMessage.bytes, to: recipients)
        #expect(discarded.recipients.map(\.code) == [250, 250, 250])
        #expect(discarded.final.code == 250)
        #expect(try mta.queueIDs() == before)
      }
    }

    /// Returns the callbacks of a session with one message and a verdict in one of them.
    static func session(upTo last: MilterCallback, aborts: Bool = false) -> [MilterCallback] {
      let index = callbacks.firstIndex(of: last) ?? callbacks.endIndex - 1
      // The small message has four header fields.
      let seen = callbacks[...index].flatMap { callback in
        [MilterCallback](repeating: callback, count: callback == .header && last != .header ? 4 : 1)
      }
      return [.negotiate] + seen + (aborts ? [.abort] : []) + [.close]
    }
  }
}
