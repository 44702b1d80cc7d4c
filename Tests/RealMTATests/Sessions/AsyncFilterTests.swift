import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import Testing

extension RealMTASuite {
  /// Filters whose callbacks suspend.
  @Suite struct AsyncFilterTests {
    /// Suspends, and continues after other threads have run.
    nonisolated(nonsending) private static func suspend() async throws {
      try await Task.sleep(for: .milliseconds(5))
      await Task(executorPreference: ThreadForEachJob.executor) {}.value
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Changes after an await reach the message`(kind: RealMTA.Kind) async throws {
      let journal = Journal()
      try await withFilter(
        kind,
        making: {
          AsyncScriptedFilter(journal) { filter, callback in
            if callback == .negotiate { filter.wanted.actions = .all }
            try await Self.suspend()
            guard callback == .eom else { return .continue }
            let id = filter.getsymval("i") ?? "-"
            try filter.addheader("X-Async", id)
            try filter.chgheader("Subject", 1, "changed")
            try filter.addrcpt("<added@to.example>")
            try await Self.suspend()
            try filter.replacebody(filter.chunk + Array("more\r\n".utf8))
            try filter.progress()
            try await Self.suspend()
            return .accept
          }
        }
      ) { mta, _ in
        let client = try mta.connect()
        try client.ehlo()
        for _ in 0..<2 {
          let delivery = try client.send(
            message: mail("Subject: as it came"), from: "a@from.example", to: ["b@to.example"])
          let id = try #require(delivery.queueID, "\(delivery.final)")
          let message = try mta.message(id)
          #expect(message.fields == ["Subject: changed", "X-Async: \(id)"])
          #expect(message.addresses.sorted() == ["added@to.example", "b@to.example"])
          #expect(message.wireBody == Array("Hello\r\nmore\r\n".utf8))
        }
        try client.quit()
        try wait(for: "the end") { journal.all.last == "close" }
        let message = [
          "envfrom <a@from.example>", "envrcpt <b@to.example>", "data",
          "header Date Sat, 21 Nov 2026 14:00:00 +0000", "header From <sender@from.example>",
          "header Message-Id <1@from.example>", "header Subject as it came", "eoh", "body 7",
          "eom", "messageEnded",
        ]
        let noted = journal.all.filter { !$0.hasPrefix("negotiate") && !$0.hasPrefix("connect") }
        #expect(noted == ["helo client.example"] + message + message + ["close"])
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `The client gets the answer of a suspended callback`(kind: RealMTA.Kind) async throws {
      let room = WaitingRoom()
      try await withFilter(
        kind,
        making: {
          AsyncScriptedFilter { filter, callback in
            guard callback == .envrcpt else { return .continue }
            try await room.wait()
            try filter.setreply("451", "4.7.1", "Asked elsewhere")
            return .tempfail
          }
        }
      ) { mta, _ in
        let client = try mta.connect()
        try client.ehlo()
        #expect(try client.mail(from: "a@from.example").code == 250)
        try client.send(raw: Array("RCPT TO:<b@to.example>\r\n".utf8))
        try wait(for: "the suspended callback") { room.waitingCount == 1 }
        room.open()
        let reply = try client.readReply()
        #expect(reply.description.hasPrefix("451 4.7.1 "))
        #expect(reply.description.hasSuffix("Asked elsewhere"))
        try client.quit()
      }
    }

    /// Postfix holds back a command without a reply until a later command needs a reply.
    @Test(.requires(.sendmail))
    func `A client that hangs up cancels a callback that the MTA does not wait for`() async throws {
      let (room, journal) = (WaitingRoom(), Journal())
      try await withFilter(
        .sendmail,
        making: {
          AsyncScriptedFilter(journal) { filter, callback in
            if callback == .negotiate { filter.wanted.steps.insert(.nrHelo) }
            guard callback == .helo else { return .continue }
            try await room.wait()
            return .noreply
          }
        }
      ) { mta, server in
        let client = try mta.connect()
        try client.ehlo()
        try wait(for: "the suspended callback") { room.waitingCount == 1 }
        client.close()
        try wait(for: "the end") { journal.all.last == "close" }
        #expect(room.waitingCount == 0)
        #expect(server.statistics.errors[.callback] == nil)
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `An MTA that stops waiting cancels the callback`(kind: RealMTA.Kind) async throws {
      var settings = RealMTA.Settings()
      // Only the negotiation must finish within this timeout.
      settings.commandTimeout = .seconds(10)
      let (room, journal) = (WaitingRoom(), Journal())
      try await withFilter(
        kind, settings,
        making: {
          AsyncScriptedFilter(journal) { filter, callback in
            if callback == .negotiate { filter.wanted.steps.formUnion([.noconnect, .nohelo]) }
            if callback == .envfrom { try await room.wait() }
            return .continue
          }
        }
      ) { mta, server in
        let client = try mta.connect()
        try client.ehlo()
        #expect(try client.mail(from: "a@from.example").code / 100 == 4)
        try wait(for: "the end") { journal.all.last == "close" }
        #expect(
          journal.all.suffix(4) == [
            "envfrom <a@from.example>", "abort", "messageEnded", "close",
          ])
        #expect(server.statistics.errors[.callback] == nil)
        client.close()
      }
    }
  }
}
