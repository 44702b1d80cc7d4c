import Dispatch
import MilterFilterFixtures
import MilterKit
import Testing

extension WaitingMTASuite {
  /// A new body, part of which is sent before `eom` returns.
  @Suite struct HeldChangesTests {
    private static let line = [UInt8](repeating: UInt8(ascii: "x"), count: 78) + [0x0a]

    /// A body in the MTA's queue.
    @Sendable private static func body(ofLines count: Int) -> [UInt8] {
      [[UInt8]](repeating: line, count: count).flatMap { $0 }
    }

    /// How a filter shows that it is alive.
    enum Sign: CaseIterable, CustomTestStringConvertible {
      case progress, keepalive

      var testDescription: String { "\(self)" }
    }

    @Test(arguments: RealMTA.Kind.allCases, Sign.allCases)
    func `A filter that has replaced the body may run longer than the MTA waits`(
      kind: RealMTA.Kind, sign: Sign
    ) async throws {
      var settings = RealMTA.Settings()
      settings.commandTimeout = .seconds(10)
      if kind == .postfix { settings.contentTimeout = .seconds(10) }
      // The server holds changes back up to 4 MiB. It sends the small body after eom returns, and begins to
      // send the large one during eom.
      let bodies = [10, 70_000].map(Self.body)
      // Not in the filter: under a sanitizer, this takes longer than the MTA waits.
      let newBodies = bodies.map(\.withCRLF)
      let made = Counter()
      let server = try FilterServer(configure: {
        if sign == .keepalive { $0.keepalive = .milliseconds(300) }
      }) {
        let body = newBodies[(made.add() - 1) % newBodies.count]
        return ScriptedFilter { filter, callback in
          guard callback == .eom else { return .continue }
          try filter.replacebody(body)
          let never = DispatchSemaphore(value: 0)
          for _ in 0..<30 {
            _ = never.wait(timeout: .now() + .milliseconds(400))
            if sign == .progress { try filter.progress() }
          }
          try filter.replacebody("end\r\n")
          try filter.addheader("X-Slow", "yes")
          return .continue
        }
      }
      defer { server.stop() }
      settings.filters = [server.socket.spec]
      try await withMTA(kind, settings) { mta in
        let deliveries = try await mta.deliverTogether(bodies.count)
        let messages = try deliveries.map { delivery in
          try mta.message(try #require(delivery.queueID, "\(delivery.final)"))
        }
        for (message, body) in zip(messages.sorted { $0.body.count < $1.body.count }, bodies) {
          let isWhole = message.body == body + Array("end\n".utf8)
          #expect(isWhole, "\(message.body.count) bytes")
          #expect(message.values(of: "X-Slow") == ["yes"])
        }
      }
      #expect(server.complaints == [])
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A filter that is disconnected in eom leaves the message unchanged`(kind: RealMTA.Kind)
      async throws
    {
      var settings = RealMTA.Settings()
      settings.tempfailsOnFilterFailure = false
      let (inEom, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
      let body = Self.body(ofLines: 40_000).withCRLF
      let server = try FilterServer {
        ScriptedFilter { filter, callback in
          guard callback == .eom else { return .continue }
          try filter.addheader("X-Half", "yes")
          try filter.replacebody(body)
          try filter.progress()
          inEom.signal()
          gate.wait()
          return .continue
        }
      }
      settings.filters = [server.socket.spec]
      let running = server.server
      DispatchQueue.global().async {
        inEom.wait()
        running.stop(drain: .zero)
        gate.signal()
      }
      try await withMTA(kind, settings) { mta in
        let delivery = try mta.deliver(SmallMessage.bytes)
        let message = try mta.message(try #require(delivery.queueID, "\(delivery.final)"))
        #expect(message.wireBody == SmallMessage.body)
        #expect(message.values(of: "X-Half") == [])
      }
    }
  }
}
