import MilterKit
import Testing

extension RealMTASuite {
  /// The effect of `quarantine`, with each verdict.
  @Suite struct QuarantineTests {
    @Test(
      arguments: RealMTA.Kind.allCases,
      [MilterStatus.continue, .accept])
    func `A quarantined message is accepted and held`(kind: RealMTA.Kind, verdict: MilterStatus)
      async throws
    {
      let reason = "not sure about “this” one"
      try await withFilter(
        kind,
        making: {
          changing(at: .eom) {
            try $0.quarantine(reason)
            try $0.addheader("X-New", "v")
          }.ending(with: verdict)
        }
      ) { mta, _ in
        let message = try mta.queued(mail())
        #expect(message.isQuarantined)
        // Postfix does not store the reason in its queue.
        #expect(message.quarantineReason == (kind == .postfix ? nil : reason))
        #expect(message.fields == ["X-New: v"])
        #expect(message.addresses == ["rcpt@to.example"])
        #expect(message.body == Array("Hello\n".utf8))
        if kind == .postfix { try mta.waitForLog(kind.release.quarantineInLog(reason)) }
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A rejected message is not quarantined`(kind: RealMTA.Kind) async throws {
      try await withFilter(
        kind, making: { changing(at: .eom) { try $0.quarantine("why") }.ending(with: .reject) }
      ) { mta, _ in
        let delivery = try mta.deliver(mail())
        #expect(delivery.final.code == (kind == .postfix ? 550 : 554))
        #expect(try mta.queueIDs().isEmpty)
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A long reason does no harm`(kind: RealMTA.Kind) async throws {
      let reason = String(repeating: "x", count: 300)
      let message = try await queued(by: kind) { try $0.quarantine(reason) }
      #expect(message.isQuarantined)
      #expect(message.quarantineReason == (kind == .postfix ? nil : reason))
    }
  }
}
