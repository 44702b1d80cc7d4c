import MilterFilterFixtures
import MilterKit
import Testing

extension RealMTASuite {
  /// Recipients that are refused, by the filter or by the MTA.
  @Suite struct RecipientTests {
    /// A filter that gets refused recipients, and notes the recipients of each message.
    private final class Noting: MessageMilter {
      private let journal: Journal
      override class var rejectedRecipients: Bool { true }

      init(_ journal: Journal) {
        self.journal = journal
        super.init()
      }

      required init() {
        journal = Journal()
        super.init()
      }

      nonisolated(nonsending) override func message(_ message: inout MilterMessage) async throws
        -> Status
      {
        journal.note(message.recipients.map(\.text).joined(separator: " "))
        return .continue
      }
    }

    @Test func `Filters see recipients of a virtual alias domain, which Postfix accepts as errors`()
      async throws
    {
      var settings = RealMTA.Settings()
      settings.postfixLines = [
        "virtual_alias_domains = alias.example",
        "virtual_alias_maps = inline:{ { user@alias.example = rcpt@to.example } }",
      ]
      let (collected, last) = (Journal(), Journal())
      let make: @Sendable () -> MilterBase = {
        MilterChain {
          Noting(collected)
          ScriptedFilter(last) { filter, callback in
            if callback == .eom { try filter.addheader("X-Last", "yes") }
            return .continue
          }
        }
      }
      try await withFilter(.postfix, settings, making: make) { mta, _ in
        for others in [[], ["nobody@alias.example", "nobody@rejected.example"]] {
          let delivery = try mta.deliver(SmallMessage.bytes, to: ["user@alias.example"] + others)
          #expect(delivery.recipients.map(\.code) == [250] + others.map { _ in 550 })
          let message = try mta.message(try #require(delivery.queueID))
          #expect(message.values(of: "X-Last") == ["yes"])
        }
      }
      #expect(collected.all == ["user@alias.example", "user@alias.example"])
      let seen = last.all.filter { $0.hasPrefix("envrcpt") || $0 == "eom" }
      let each = ["envrcpt <user@alias.example>", "eom"]
      #expect(seen == each + each)
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A recipient the filter refuses is left out`(kind: RealMTA.Kind) async throws {
      for (status, code) in [(MilterStatus.reject, "554 5.1.1"), (.tempfail, "454 4.2.1")] {
        let play = Play { filter, callback in
          guard callback == .envrcpt, filter.arguments == ["<two@to.example>"] else {
            return .continue
          }
          try filter.setreply(String(code.prefix(3)), String(code.suffix(5)), "not two")
          return status
        }
        try await withFilter(kind, play) { mta, _ in
          let delivery = try mta.deliver(
            SmallMessage.bytes, to: ["one@to.example", "two@to.example", "three@to.example"])
          #expect(
            delivery.recipients.map(\.code) == [250, status == .reject ? 554 : 454, 250],
            "\(status)")
          #expect(delivery.recipients[1].lines == ["\(code) not two"], "\(status)")
          let message = try mta.message(try #require(delivery.queueID, "\(status)"))
          #expect(message.addresses == ["one@to.example", "three@to.example"], "\(status)")
          #expect(message.wireBody == SmallMessage.body, "\(status)")
          let seen = try play.lines().filter { $0.hasPrefix("envrcpt") || $0 == "eom" }
          #expect(
            seen == [
              "envrcpt <one@to.example>", "envrcpt <two@to.example>", "envrcpt <three@to.example>",
              "eom",
            ], "\(status)")
        }
      }
    }

    @Test(
      arguments: RealMTA.Kind.allCases,
      [true, false])
    func `Recipients refused by the MTA are shown on request`(kind: RealMTA.Kind, wanted: Bool)
      async throws
    {
      let noted = Journal()
      let play = Play { filter, callback in
        if callback == .negotiate, wanted {
          #expect(filter.offered.steps.contains(.rcptRej))
          filter.wanted.steps.insert(.rcptRej)
        }
        if callback == .envrcpt {
          let names = ["{rcpt_mailer}", "{rcpt_host}", "{rcpt_addr}"]
          noted.note(names.map { filter.getsymval($0) ?? "-" }.joined(separator: "|"))
        }
        return .continue
      }
      try await withFilter(kind, play) { mta, _ in
        // Sendmail does not show filters the recipients that its rule sets refuse, such as check_rcpt. It
        // shows recipients that fail later.
        let refused =
          kind == .postfix ? "nobody@rejected.example" : "/no/file@sendmail.example.org"
        let delivery = try mta.deliver(
          SmallMessage.bytes, to: ["one@to.example", refused, "two@to.example"])
        #expect(delivery.recipients.map(\.code) == [250, 550, 250])
        let message = try mta.message(try #require(delivery.queueID))
        #expect(message.addresses == ["one@to.example", "two@to.example"])

        var macros = ["smtp|to.example|one@to.example", "smtp|to.example|two@to.example"]
        if wanted { macros.insert("error|5.1.1|Recipient address rejected: no such user", at: 1) }
        if kind == .sendmail {
          macros = ["esmtp|to.example.|one@to.example", "esmtp|to.example.|two@to.example"]
          if wanted { macros.insert("error|\(kind.release.hostOfRefused)|/no/file", at: 1) }
        }
        #expect(noted.all == macros)
        let seen = try play.lines().filter { $0.hasPrefix("envrcpt") }
        let middle = wanted ? ["envrcpt <\(refused)>"] : []
        #expect(seen == ["envrcpt <one@to.example>"] + middle + ["envrcpt <two@to.example>"])
      }
    }
  }
}
