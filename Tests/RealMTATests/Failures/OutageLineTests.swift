import Dispatch
import MilterFilterFixtures
import MilterKit
import Testing

extension RealMTASuite {
  /// The log lines with which the article Operating finds deferred mail.
  @Suite struct OutageLineTests {
    @Test(.requires(.postfix))
    func `Postfix's lines about a filter that does not run`() async throws {
      let port = try ReservedPort()
      defer { withExtendedLifetime(port) {} }
      let settings = RealMTA.Settings(filters: ["inet:\(port.number)@127.0.0.1"])
      try await withMTA(.postfix, settings) { mta in
        _ = try mta.offer()
        try mta.waitForLog(
          "warning: connect to Milter service inet:127.0.0.1:\(port.number): Connection refused",
          "milter-reject: MAIL from localhost[127.0.0.1]: 451 4.7.1 ")
      }
    }

    @Test(.requires(.postfix))
    func `Postfix's lines about a filter that disconnects`() async throws {
      try await withFilter(.postfix, Play()) { mta, server in
        let client = try mta.connect()
        try client.ehlo()
        #expect(try client.mail(from: "sender@from.example").code == 250)
        server.kill()
        #expect(try client.rcpt(to: "one@to.example").code == 451)
        try mta.waitForLog(
          "can't read SMFIC_RCPT reply packet header: Application error",
          "milter-reject: RCPT from localhost[127.0.0.1]: 451 4.7.1 ")
        try client.quit()
      }
    }

    @Test(.requires(.postfix))
    func `Postfix's lines about a filter that is silent`() async throws {
      let isDone = DispatchSemaphore(value: 0)
      let play = Play { filter, callback in
        // Without these steps, the short content timeout applies only to the end of the message.
        if callback == .negotiate { filter.wanted.steps.formUnion([.nohdrs, .noeoh, .nobody]) }
        if callback == .eom { isDone.wait() }
        return .continue
      }
      var settings = RealMTA.Settings()
      settings.contentTimeout = .seconds(1)
      try await withFilter(.postfix, play, settings) { mta, _ in
        let outcome = try mta.offer()
        isDone.signal()
        #expect(outcome.step == .end)
        try mta.waitForLog(
          "can't read SMFIC_BODYEOB reply packet header: Connection timed out",
          "milter-reject: END-OF-MESSAGE from localhost[127.0.0.1]: 4.7.1 ")
        _ = try play.lines()
      }
    }

    @Test(.requires(.postfix))
    func `Postfix's line about a filter that defers mail`() async throws {
      let play = Play()
      play.set(.tempfail, in: .eom)
      try await withFilter(.postfix, play) { mta, _ in
        _ = try mta.offer()
        try mta.waitForLog("milter-reject: END-OF-MESSAGE from localhost[127.0.0.1]: 4.7.1 ")
      }
    }
  }
}
