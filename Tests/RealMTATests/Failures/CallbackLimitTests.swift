import Dispatch
import MilterFilterFixtures
import MilterKit
import Testing

extension WaitingMTASuite {
  /// Automatic progress replies, and answers in place of callbacks that hang.
  @Suite struct CallbackLimitTests {
    /// A filter that is silent for longer than the MTA waits.
    private static func busy(in callback: MilterCallback) -> ScriptedFilter.Script {
      { filter, current in
        if current == callback {
          let never = DispatchSemaphore(value: 0)
          _ = never.wait(timeout: .now() + .seconds(12))
        }
        if current == .eom { try filter.addheader("X-Slow", "yes") }
        return .continue
      }
    }

    @Test(arguments: [
      (RealMTA.Kind.postfix, [MilterCallback.connect, .envrcpt, .header, .eom]),
      (.sendmail, [.eom]),
    ])
    func `Progress replies keep a slow filter connected`(
      kind: RealMTA.Kind, callbacks: [MilterCallback]
    )
      async throws
    {
      var settings = RealMTA.Settings()
      settings.commandTimeout = .seconds(10)
      // In Sendmail, the content timeout limits all replies at the end of a message together, so it keeps its
      // default of minutes.
      if kind == .postfix { settings.contentTimeout = .seconds(10) }
      let made = Counter()
      let server = try FilterServer(configure: { $0.keepalive = .milliseconds(300) }) {
        ScriptedFilter(nil, Self.busy(in: callbacks[(made.add() - 1) % callbacks.count]))
      }
      defer { server.stop() }
      settings.filters = [server.socket.spec]
      try await withMTA(kind, settings) { mta in
        // All clients send at the same time. The filter of each one is slow in a different callback.
        let deliveries = try await mta.deliverTogether(callbacks.count)
        for (number, delivery) in deliveries.enumerated() {
          let message = try mta.message(
            try #require(delivery.queueID, "message \(number): \(delivery.final)"))
          #expect(message.values(of: "X-Slow") == ["yes"], "message \(number)")
        }
        #expect(made.value == callbacks.count)
        #expect(server.complaints == [])
      }
    }

    @Test(.requires(.sendmail), arguments: [MilterCallback.connect, .envfrom, .envrcpt, .header])
    func `Sendmail gets no progress replies where it would consider the filter broken`(
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
      try await withFilter(
        .sendmail, configure: { $0.keepalive = .milliseconds(20) },
        making: { ScriptedFilter(nil, play) }
      ) { mta, _ in
        let delivery = try mta.deliver(SmallMessage.bytes)
        let message = try mta.message(try #require(delivery.queueID, "\(delivery.final)"))
        #expect(message.values(of: "X-Slow") == ["yes"])
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A message whose filter hangs is accepted if configured`(kind: RealMTA.Kind)
      async throws
    {
      let gate = DispatchSemaphore(value: 0)
      try await withFilter(
        kind,
        configure: {
          $0.callbackTimeouts[.eom] = .milliseconds(500)
          $0.callbackFallback = .accept
        },
        // The callback that hangs, and its late return.
        complaints: 2,
        making: {
          ScriptedFilter { filter, callback in
            guard callback == .eom else { return .continue }
            try filter.addheader("X-Half", "done")
            gate.wait()
            return .reject
          }
        }
      ) { mta, _ in
        let delivery = try mta.deliver(SmallMessage.bytes)
        let message = try mta.message(try #require(delivery.queueID, "\(delivery.final)"))
        #expect(message.values(of: "X-Half") == [])
        gate.signal()
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A recipient whose filter hangs is refused as configured`(kind: RealMTA.Kind)
      async throws
    {
      let gate = DispatchSemaphore(value: 0)
      try await withFilter(
        kind,
        configure: {
          $0.callbackTimeout = .milliseconds(500)
          // On a busy machine, the callbacks before envrcpt may be slow.
          for callback in [MilterCallback.connect, .helo, .envfrom] {
            $0.callbackTimeouts[callback] = .seconds(120)
          }
          $0.callbackFallback = .reject
        },
        // The callback that hangs, and its late return.
        complaints: 2,
        making: {
          ScriptedFilter { _, callback in
            if callback == .envrcpt { gate.wait() }
            return .continue
          }
        }
      ) { mta, _ in
        let client = try mta.connect()
        try client.ehlo()
        #expect(try client.mail(from: "sender@from.example").code == 250)
        // If the MTA had given up on the filter, its reply would be 451.
        #expect(try client.rcpt(to: "rcpt@to.example").code == 550)
        gate.signal()
        try client.quit()
      }
    }
  }
}
