import MilterFilterFixtures
import MilterKit
import Testing

extension RealMTASuite {
  /// Refusals, and the text the client sees.
  @Suite struct ReplyTests {
    /// The reply that a filter sets with its verdict.
    enum Text: CaseIterable {
      case none, line, lines

      /// Sets the text as the reply, with a code of the class that fits the verdict.
      func set(in filter: ScriptedFilter, class digit: Int) throws {
        switch self {
        case .none: break
        case .line: try filter.setreply("\(digit)54", "\(digit).7.9", "be 100% sure")
        case .lines: try filter.setmlreply("\(digit)54", "\(digit).7.9", ["one", "", "th%ree"])
        }
      }

      /// Returns the reply that the client must see; empty if the MTA must use its own reply.
      func lines(class digit: Int) -> [String] {
        switch self {
        case .none: []
        case .line: ["\(digit)54 \(digit).7.9 be 100% sure"]
        case .lines:
          [
            "\(digit)54-\(digit).7.9 one", "\(digit)54-\(digit).7.9 ",
            "\(digit)54 \(digit).7.9 th%ree",
          ]
        }
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A client sees a refusal and its text`(kind: RealMTA.Kind) async throws {
      let play = Play()
      try await withFilter(kind, play) { mta, _ in
        for status in [MilterStatus.reject, .tempfail] {
          let digit = status == .reject ? 5 : 4
          for callback in VerdictTests.callbacks {
            for text in Text.allCases {
              play.set(status, in: callback) { try text.set(in: $0, class: digit) }
              let outcome = try mta.offer()
              #expect(
                outcome == kind.refusal(status, in: callback, text.lines(class: digit)),
                "\(status) in \(callback), \(text)")
              // After a refused recipient, the message is still in progress, so the filter gets abort.
              let session = VerdictTests.session(upTo: callback, aborts: callback == .envrcpt)
              #expect(try play.callbacks() == session, "\(status) in \(callback), \(text)")
            }
          }
        }
        #expect(try mta.queueIDs() == [])
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Percent signs reach the client`(kind: RealMTA.Kind) async throws {
      let play = Play()
      try await withFilter(kind, play) { mta, _ in
        // "%%" stands for one percent sign, because filters for libmilter double percent signs.
        for (text, shown) in [
          ("100% off", "100% off"), ("100%% off", "100% off"), ("%", "%"), ("%s %n %d", "%s %n %d"),
          ("a%", "a%"), ("%%%", "%%"),
        ] {
          for callback in [MilterCallback.helo, .envfrom, .envrcpt, .data, .eom] {
            play.set(.reject, in: callback) { try $0.setreply("554", "5.7.1", text) }
            let lines = try mta.offer().lines
            #expect(lines == ["554 5.7.1 \(shown)"], "\(text) in \(callback)")
          }
        }
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Sendmail names the address with some codes`(kind: RealMTA.Kind) async throws {
      let play = Play()
      try await withFilter(kind, play) { mta, _ in
        for code in ["450", "451", "452", "550", "551", "552", "553", "554"] {
          let digit = code.hasPrefix("4") ? 4 : 5
          for (callback, address) in [
            (MilterCallback.envfrom, "<sender@from.example>... "),
            (.envrcpt, "<rcpt@to.example>... "), (.eom, ""),
          ] {
            play.set(digit == 4 ? .tempfail : .reject, in: callback) {
              try $0.setreply(code, "\(digit).7.1", "text")
            }
            let isNamed = kind == .sendmail && ["450", "550", "553"].contains(code)
            let lines = try mta.offer().lines
            #expect(lines == ["\(code) \(digit).7.1 \(isNamed ? address : "")text"], "\(callback)")
          }
        }
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `421 ends the client's connection`(kind: RealMTA.Kind) async throws {
      let play = Play()
      try await withFilter(kind, play) { mta, _ in
        for callback in VerdictTests.callbacks.dropFirst() {
          play.set(.tempfail, in: callback) { try $0.setreply("421", "4.7.0", "come back later") }
          let client = try mta.connect()
          let outcome = try client.offer()
          #expect(outcome.lines == ["421 4.7.0 come back later"], "\(callback) \(outcome.step)")
          #expect(client.isClosedByServer(), "\(callback)")
        }
        #expect(try mta.queueIDs() == [])
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A reply without enhanced code or text`(kind: RealMTA.Kind) async throws {
      let play = Play()
      // Postfix shows the reply unchanged, and Sendmail adds a missing enhanced status code.
      let added = kind == .sendmail ? "5.0.0 " : ""
      try await withFilter(kind, play) { mta, _ in
        play.set(.reject, in: .eom) { try $0.setreply("550", nil, "no code") }
        let withoutCode = try mta.offer().lines
        #expect(withoutCode == ["550 \(added)no code"])
        play.set(.reject, in: .eom) { try $0.setreply("550", "5.7.1") }
        let withoutText = try mta.offer().lines
        #expect(withoutText == ["550 \(added)5.7.1"])
        play.set(.reject, in: .eom) { try $0.setreply("550") }
        let withNothing = try mta.offer().lines
        #expect(withNothing == ["550 \(added)"])
        play.set(.reject, in: .eom) { try $0.setmlreply("550", nil, ["one", "two"]) }
        let ofTwoLines = try mta.offer().lines
        #expect(ofTwoLines == ["550-5.0.0 one", "550 5.0.0 two"])
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `The longest replies`(kind: RealMTA.Kind) async throws {
      let play = Play()
      let line = String(repeating: "x", count: 980)
      try await withFilter(kind, play) { mta, _ in
        // Sendmail cuts a reply at 16 KiB, even within a line, so its longest reply has 16 long lines.
        for (line, count) in [
          (line, 1), (line, 16), ("short", 32), (line, kind == .sendmail ? 16 : 32),
        ] {
          play.set(.reject, in: .eom) {
            try $0.setmlreply("550", "5.7.1", [String](repeating: line, count: count))
          }
          let first = [String](repeating: "550-5.7.1 \(line)", count: count - 1)
          let isWhole = try mta.offer().lines == first + ["550 5.7.1 \(line)"]
          #expect(isWhole, "\(count) lines of \(line.count)")
        }
      }
    }
  }
}

extension RealMTA.Kind {
  /// Returns the reply to a client when its message is refused.
  fileprivate func refusal(
    _ status: MilterStatus, in callback: MilterCallback, _ lines: [String]
  ) -> Outcome {
    let isReject = status == .reject
    let step: Outcome.Step =
      switch callback {
      case .connect: isReject ? .greeting : .mail
      case .helo, .envfrom: .mail  // both MTAs accept EHLO and refuse MAIL
      case .envrcpt: .rcpt
      case .data: .data
      default: .end
      }
    switch (callback, isReject, self) {
    // A greeting does not contain the filter's reply.
    case (.connect, true, .postfix):
      return Outcome(.greeting, ["554 postfix.example.org ESMTP not accepting connections"])
    case (.connect, true, .sendmail):
      return Outcome(.greeting, ["554 sendmail.example.org ESMTP not accepting messages"])
    // Sendmail does not show the text of a filter's reply to connect.
    case (.connect, false, .sendmail): return Outcome(step, ["451 4.3.2 Please try again later"])
    default: break
    }
    guard lines.isEmpty else { return Outcome(step, lines) }
    let own =
      switch (self, isReject, callback) {
      case (.postfix, true, _): "550 5.7.1 Command rejected"
      case (.postfix, false, _): "451 4.7.1 Service unavailable - try again later"
      case (.sendmail, false, _): "451 4.3.2 Please try again later"
      case (.sendmail, true, .helo): "550 5.0.0 Command rejected"
      case (.sendmail, true, .envfrom): "550 5.7.1 <sender@from.example>... Command rejected"
      case (.sendmail, true, .envrcpt): "550 5.7.1 <rcpt@to.example>... Command rejected"
      case (.sendmail, true, .data): "550 5.7.1 Command rejected"
      case (.sendmail, true, _): "554 5.7.1 Command rejected"
      }
    return Outcome(step, [own])
  }
}
