import Dispatch
import MilterCore
import MilterFilterFixtures
import MilterKit
import Testing

@testable import MilterRuntime

/// The pool makes more threads for callbacks that block: it has to see them.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct StuckThreadTests {
  @Test(arguments: [nil, Duration.seconds(60)])
  func `a thread that is in the same callback for long is stuck`(limit: Duration?) throws {
    let (entered, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let server = try TestServer(configure: { $0.callbackTimeout = limit }) {
      ScriptedFilter { _, callback in
        guard callback == .helo else { return .continue }
        entered.signal()
        gate.wait()
        return .continue
      }
    }
    let counters = server.server.counters
    let mta = try server.connect()
    _ = try mta.ask(TestMTA.offer)
    for _ in 1...2 {
      try mta.send(.helo(bytes("client")))
      entered.wait()
      #expect(counters.countStuckThreads() == 0, "it may have just begun")
      #expect(counters.countStuckThreads() == 1)
      gate.signal()
      #expect(try mta.receive() == .continue)
      #expect(counters.countStuckThreads() == 0)
      #expect(counters.countStuckThreads() == 0)
    }
  }
}
