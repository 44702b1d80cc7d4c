import Dispatch
import MilterFilterFixtures
import MilterKit
import Testing

extension WaitingMTASuite {
  /// Filters that take longer for a message than the MTA waits.
  @Suite struct TimeoutTests {
    /// Returns settings of an MTA that waits ten seconds for the next reply at the end of a message.
    private func settings(_ kind: RealMTA.Kind) -> RealMTA.Settings {
      var settings = RealMTA.Settings()
      switch kind {
      case .postfix: settings.contentTimeout = .seconds(10)
      // In Sendmail, the command timeout limits each reply. The content timeout limits all replies together.
      case .sendmail: settings.commandTimeout = .seconds(10)
      }
      return settings
    }

    /// Returns a script that works for some seconds in eom, and sends a progress reply twice a second.
    private static func slowScript(seconds: Int) -> ScriptedFilter.Script {
      { filter, callback in
        guard callback == .eom else { return .continue }
        let never = DispatchSemaphore(value: 0)
        for _ in 0..<2 * seconds {
          _ = never.wait(timeout: .now() + .milliseconds(500))
          // Throws if the MTA has closed the connection.
          try? filter.progress()
        }
        try filter.addheader("X-Slow", "yes")
        return .continue
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Progress replies keep a slow filter connected`(kind: RealMTA.Kind) async throws {
      try await withFilter(kind, Play(Self.slowScript(seconds: 12)), settings(kind)) { mta, _ in
        let delivery = try mta.deliver(SmallMessage.bytes)
        let message = try mta.message(try #require(delivery.queueID))
        #expect(message.values(of: "X-Slow") == ["yes"])
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Without progress replies the MTA gives up`(kind: RealMTA.Kind) async throws {
      let isDone = DispatchSemaphore(value: 0)
      let play = Play { _, callback in
        if callback == .eom { _ = isDone.wait(timeout: .now() + .seconds(60)) }
        return .continue
      }
      try await withFilter(kind, play, settings(kind)) { mta, _ in
        let outcome = try mta.offer()
        isDone.signal()
        #expect(outcome == Outcome(.end, [kind.temporaryFailure]))
        #expect(try mta.queueIDs() == [])
        _ = try play.lines()
      }
    }

    @Test(.requires(.sendmail))
    func `Progress does not extend Sendmail's time limit for a whole message`() async throws {
      var settings = RealMTA.Settings()
      settings.contentTimeout = .seconds(2)
      let play = Play(Self.slowScript(seconds: 4))
      try await withFilter(.sendmail, play, settings) { mta, _ in
        let outcome = try mta.offer()
        #expect(outcome == Outcome(.end, [RealMTA.Kind.sendmail.temporaryFailure]))
        #expect(try mta.queueIDs() == [])
        _ = try play.lines()
      }
    }
  }
}
