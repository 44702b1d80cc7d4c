import MilterFilterFixtures
import MilterKit
import Testing

/// A filter that decides about recipients only.
private final class RecipientFilter: Milter {
  private let journal: Journal

  init(_ journal: Journal) { self.journal = journal }

  required init() { journal = Journal() }

  override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    journal.note(recipient)
    return recipient == "<two@to.example>" ? .reject : .continue
  }
}

extension RealMTASuite {
  /// Steps that are omitted, have no reply, or are skipped.
  @Suite struct StepTests {
    @Test(arguments: RealMTA.Kind.allCases)
    func `Steps without a callback are not sent`(kind: RealMTA.Kind) async throws {
      let journal = Journal()
      try await withFilter(
        kind, configure: { $0.log.level = .debug }, making: { RecipientFilter(journal) }
      ) { mta, server in
        let client = try mta.connect()
        try client.ehlo()
        for _ in 1...2 {
          let delivery = try client.send(
            message: SmallMessage.bytes, to: ["one@to.example", "two@to.example"])
          #expect(delivery.recipients.map(\.code) == [250, 550])
          let message = try mta.message(try #require(delivery.queueID))
          #expect(message.addresses == ["one@to.example"])
          #expect(message.wireBody == SmallMessage.body)
        }
        try client.quit()
        // The client gets the reply to QUIT before the MTA ends its filters' connections.
        try wait(for: "the end of the connection") { server.commands.last == "quit" }
        mta.stop()
        #expect(server.stop() == 0)
        let recipients = ["<one@to.example>", "<two@to.example>"]
        #expect(journal.all == recipients + recipients)
        let message = ["rcpt", "rcpt", "endOfBody"]
        // Postfix also sends abort after each message, which has no effect.
        #expect(
          server.commands.filter { $0 != "abort" } == ["negotiate"] + message + message + ["quit"])
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Steps have no reply if that was agreed`(kind: RealMTA.Kind) async throws {
      let play = Play { filter, callback in
        if callback == .negotiate {
          #expect(filter.offered.steps.isSuperset(of: .allNr))
          filter.wanted.steps.formUnion(.allNr)
        }
        // If the MTA had counted an extra reply as the verdict, this change would be missing.
        if callback == .eom { try filter.addheader("X-Filtered", "yes") }
        return callback.nrFlag.isEmpty ? .continue : .noreply
      }
      try await withFilter(kind, play) { mta, _ in
        let headers = (1...100).map { QueuedHeader("X-\($0)", " \($0)") }
        let client = try mta.connect()
        try client.ehlo()
        let unknown = try client.command("FROB nicate")
        #expect(unknown.code == 500)
        let delivery = try client.send(
          message: headers.flatMap { Array("\($0)\r\n".utf8) } + SmallMessage.bytes,
          to: ["one@to.example", "two@to.example"])
        try client.quit()
        let message = try mta.message(try #require(delivery.queueID))
        #expect(message.values(of: "X-Filtered") == ["yes"])
        let sent = message.headers.filter { $0.name.hasPrefix("X-") && $0.name != "X-Filtered" }
        #expect(sent == headers)
        #expect(message.wireBody == SmallMessage.body)
        let lines = try play.lines()
        let seen = lines.filter { $0.hasPrefix("header X-") }
        #expect(seen == (1...100).map { "header X-\($0) \($0)" })
        #expect(
          lines.filter { !$0.hasPrefix("header") }.dropFirst(2).map { $0.prefix { $0 != " " } }
            == [
              "helo", "unknown", "envfrom", "envrcpt", "envrcpt", "data", "eoh", "body", "eom",
              "close",
            ])
      }
    }

    @Test(arguments: RealMTA.Kind.allCases, [1, 3])
    func `No more of a body is sent after skip`(kind: RealMTA.Kind, wanted: Int) async throws {
      let chunks = Counter()
      let play = Play { _, callback in
        callback == .body && chunks.add() == wanted ? .skip : .continue
      }
      try await withFilter(
        kind, configure: { $0.log.level = .debug }, making: { play.makeFilter() }
      ) { mta, server in
        let line = Array(String(repeating: "0123456789", count: 7).utf8) + [0x0d, 0x0a]
        let body = [[UInt8]](repeating: line, count: 5_000).flatMap { $0 }
        let client = try mta.connect()
        try client.ehlo()
        let skipped = try client.send(message: SmallMessage.message(body))
        let seen = chunks.value
        // skip applies to one message, so the filter gets the whole body of the next one.
        let whole = try client.send(message: SmallMessage.message(body))
        try client.quit()
        #expect(seen == wanted)
        #expect(chunks.value == wanted + 6)
        let lines = try play.lines()
        #expect(lines.filter { $0 == "eom" }.count == 2)
        let sizes = lines.filter { $0.hasPrefix("body") }
        #expect(
          sizes == [String](repeating: "body 65535", count: wanted + 5) + [
            "body \(360_000 - 5 * 65535)"
          ])
        #expect(server.commands.filter { $0 == "body" }.count == wanted + 6)
        for (name, id) in [("skipped", skipped.queueID), ("whole", whole.queueID)] {
          let isUnharmed = try mta.message(try #require(id, "\(name)")).wireBody == body
          #expect(isUnharmed, "\(name)")
        }
      }
    }
  }
}
