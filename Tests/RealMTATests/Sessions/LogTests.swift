import MilterFilterFixtures
import MilterKit
import Testing

extension RealMTASuite {
  /// The log lines about messages, compared with the MTA's.
  @Suite struct LogTests {
    @Test(arguments: RealMTA.Kind.allCases)
    func `Lines have the MTA's queue id, and no mail`(kind: RealMTA.Kind) async throws {
      struct Quote: Error, CustomStringConvertible { let description: String }
      let play = Play { filter, callback in
        filter.log.notice("in \(callback)")
        if filter.arguments.first == "X-Throw" { throw Quote(description: "\(filter.arguments)") }
        return .continue
      }
      let directory = try InstanceDirectory()
      defer { directory.remove() }
      let server = try FilterServer(on: .fastest(for: kind, in: directory)) { play.makeFilter() }
      let ids = try await withMTA(kind, RealMTA.Settings(filters: [server.socket.spec])) { mta in
        let client = try mta.connect()
        try client.ehlo("secret.client.example")
        #expect(try client.command("SECRET nonsense").code == 500)
        let ids = try (1...2).map { number in
          let delivery = try client.send(
            message: mail("X-Secret: secret\(number)", body: "secret\n"))
          return try #require(delivery.queueID, "\(delivery.final)")
        }
        let refused = try client.send(message: mail("X-Throw: secret"))
        #expect(refused.final.code == 451)
        try client.quit()
        return ids
      }
      #expect(server.stop() == 0)
      let loud = server.log.all.filter { !$0.hasPrefix("debug:") }
      for id in ids {
        #expect(loud.filter { $0.hasSuffix(": \(id): eom: continue") }.count == 1)
        // Postfix assigns the queue ID after the first recipient, Sendmail at MAIL.
        let first = kind == .postfix ? "data" : "envfrom"
        for callback in [first, "header", "eoh", "body", "eom"] {
          #expect(loud.contains { $0.hasSuffix(" #1: \(id): in \(callback)") }, "\(callback)")
        }
      }
      #expect(loud.contains { $0.contains(": header threw, tempfail is answered: Quote") })
      #expect(loud.filter { $0.lowercased().contains("secret") } == [])
      let statistics = server.statistics
      #expect(statistics.messages == 3)
      #expect(statistics.answers[.eom] == [.continue: 2])
      #expect(statistics.errors == [.callback: 1])
    }
  }
}
