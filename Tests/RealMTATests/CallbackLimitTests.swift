import Dispatch
import MilterFilterFixtures
import MilterKit
import Testing

extension RealMTASuite {
  /// Signs of life by themselves, and answers in the place of callbacks that hang.
  @Suite struct CallbackLimitTests {
    /// Runs `body` with an MTA that waits two seconds for any reply, and a filter in front of it.
    private func withImpatientMTA(
      _ kind: RealMTA.Kind, configure: @escaping (inout MilterConfiguration) -> Void,
      _ script: @escaping ScriptedFilter.Script,
      _ body: (RealMTA, FilterServer) throws -> Void
    ) async throws {
      var settings = RealMTA.Settings()
      settings.commandTimeout = .seconds(2)
      // In Sendmail this is the time for all replies to the end of a message together.
      if kind == .postfix { settings.contentTimeout = .seconds(2) }
      let server = try FilterServer(configure: configure) { ScriptedFilter(nil, script) }
      defer { server.stop() }
      settings.filters = [server.socket.spec]
      try await withMTA(kind, settings) { try body($0, server) }
    }

    /// A filter that works twice as long as the MTA waits, and says nothing meanwhile.
    private static func busy(in callback: MilterCallback) -> ScriptedFilter.Script {
      { filter, current in
        if current == callback {
          let never = DispatchSemaphore(value: 0)
          _ = never.wait(timeout: .now() + .seconds(4))
        }
        if current == .eom { try filter.addheader("X-Slow", "yes") }
        return .continue
      }
    }

    @Test(arguments: [
      (RealMTA.Kind.postfix, MilterCallback.eom), (.sendmail, .eom), (.postfix, .connect),
      (.postfix, .envrcpt), (.postfix, .header),
    ])
    func `Signs of life keep a slow filter alive`(kind: RealMTA.Kind, callback: MilterCallback)
      async throws
    {
      try await withImpatientMTA(
        kind, configure: { $0.keepalive = .milliseconds(300) }, Self.busy(in: callback)
      ) { mta, server in
        let delivery = try mta.deliver(SmallMessage.bytes)
        let message = try mta.message(try #require(delivery.queueID, "\(delivery.final)"))
        #expect(message.values(of: "X-Slow") == ["yes"])
        #expect(server.complaints == [])
      }
    }

    @Test(.requires(.sendmail), arguments: [MilterCallback.connect, .envfrom, .envrcpt, .header])
    func `Sendmail gets no signs of life where it would take them for a broken filter`(
      callback: MilterCallback
    ) async throws {
      let play: ScriptedFilter.Script = { filter, current in
        if current == callback {
          let never = DispatchSemaphore(value: 0)
          _ = never.wait(timeout: .now() + .milliseconds(500))
        }
        if current == .eom { try filter.addheader("X-Slow", "yes") }
        return .continue
      }
      try await withImpatientMTA(
        .sendmail, configure: { $0.keepalive = .milliseconds(20) }, play
      ) { mta, _ in
        let delivery = try mta.deliver(SmallMessage.bytes)
        let message = try mta.message(try #require(delivery.queueID, "\(delivery.final)"))
        #expect(message.values(of: "X-Slow") == ["yes"])
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A message whose filter hangs is accepted where that is the choice`(kind: RealMTA.Kind)
      async throws
    {
      let gate = DispatchSemaphore(value: 0)
      try await withImpatientMTA(
        kind,
        configure: {
          $0.callbackTimeouts[.eom] = .milliseconds(500)
          $0.callbackFallback = .accept
        },
        { filter, callback in
          guard callback == .eom else { return .continue }
          try filter.addheader("X-Half", "done")
          gate.wait()
          return .reject
        }
      ) { mta, server in
        let delivery = try mta.deliver(SmallMessage.bytes)
        let message = try mta.message(try #require(delivery.queueID, "\(delivery.final)"))
        #expect(message.values(of: "X-Half") == [])
        #expect(server.complaints.count == 1)
        gate.signal()
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A recipient whose filter hangs is refused with what was configured`(kind: RealMTA.Kind)
      async throws
    {
      let gate = DispatchSemaphore(value: 0)
      try await withImpatientMTA(
        kind,
        configure: {
          $0.callbackTimeout = .milliseconds(500)
          $0.callbackFallback = .reject
        },
        { filter, callback in
          if callback == .envrcpt { gate.wait() }
          return .continue
        }
      ) { mta, server in
        let client = try mta.connect()
        try client.ehlo()
        #expect(try client.mail(from: "sender@from.example").code == 250)
        // The MTA's own failure would be 451.
        #expect(try client.rcpt(to: "rcpt@to.example").code == 550)
        gate.signal()
        try client.quit()
      }
    }
  }
}
