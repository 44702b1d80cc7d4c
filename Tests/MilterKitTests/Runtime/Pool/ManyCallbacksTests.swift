import Dispatch
import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import Testing

@testable import MilterRuntime

/// More simultaneous callbacks than the threads that the server starts at once.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct ManyCallbacksTests {
  /// Sends MAIL on `count` connections and expects a reply on each.
  private func play(_ count: Int, on server: TestServer) throws {
    let mtas = try (0..<count).map { _ in
      let mta = try server.connect()
      try mta.greet()
      return mta
    }
    for mta in mtas { try mta.send(.mail([bytes("<a@b>")])) }
    for mta in mtas { #expect(try mta.receive() == .continue) }
  }

  @Test func `Callbacks that wait for each other run at the same time`() throws {
    let count = BuiltProgram.isSanitized ? 200 : 1500
    let (inside, all) = (Counter(), DispatchSemaphore(value: 0))
    let server = try TestServer {
      ScriptedFilter { _, callback in
        guard callback == .envfrom else { return .continue }
        if inside.add() == count { all.signal() }
        // Each callback that continues releases the next one.
        try all.wait(for: "all callbacks")
        all.signal()
        return .continue
      }
    }
    try play(count, on: server)
    #expect(inside.value == count)
  }

  @Test func `Filters whose initializers wait for each other are all made`() throws {
    let count = 100
    let (inside, all) = (Counter(), DispatchSemaphore(value: 0))
    let late = Counter()
    let server = try TestServer {
      if inside.add() == count { all.signal() }
      do { try all.wait(for: "all initializers") } catch { late.add() }
      all.signal()
      return ScriptedFilter()
    }
    let mtas = try (0..<count).map { _ in try server.connect() }
    for mta in mtas { try mta.send(TestMTA.offer) }
    for mta in mtas { #expect(try mta.receive()?.code == .negotiate) }
    #expect(late.value == 0)
  }

  enum Blocking: CaseIterable {
    case initializer, callback, callbackWithDebugLog, asyncCallback, afterAwait
  }

  @Test(arguments: Blocking.allCases)
  func `The pool notices a filter that blocks`(_ blocking: Blocking) throws {
    let (entered, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let server = try TestServer(
      configure: { if blocking != .callbackWithDebugLog { $0.log.level = .notice } },
      {
        switch blocking {
        case .initializer:
          try? Self.block(entered, gate)
          return ScriptedFilter()
        case .callback, .callbackWithDebugLog:
          return ScriptedFilter { _, callback in
            if callback == .envfrom { try Self.block(entered, gate) }
            return .continue
          }
        case .asyncCallback, .afterAwait:
          return AsyncScriptedFilter { _, callback in
            guard callback == .envfrom else { return .continue }
            if blocking == .afterAwait { await Task.yield() }
            try Self.block(entered, gate)
            return .continue
          }
        }
      })
    let mta = try server.connect()
    if blocking == .initializer {
      try mta.send(TestMTA.offer)
    } else {
      try mta.greet()
      try mta.send(.mail([bytes("<a@b>")]))
    }
    try entered.wait(for: "the filter")
    let counters = try #require(server.server.engine).counters
    // A thread is stuck only if it has made no progress since the previous count.
    func waitForStuck(_ count: Int) throws {
      try wait(for: "\(count) stuck threads") {
        counters.findStuckThreads().count == count
      }
    }
    try waitForStuck(1)
    gate.signal()
    #expect(try mta.receive() != nil)
    try waitForStuck(0)
  }

  private static func block(_ entered: DispatchSemaphore, _ gate: DispatchSemaphore) throws {
    entered.signal()
    try gate.wait(for: "the test")
  }

  @Test func `Code after an await may also block`() throws {
    let count = 200
    let (inside, all) = (Counter(), DispatchSemaphore(value: 0))
    let server = try TestServer {
      AsyncScriptedFilter { _, callback in
        guard callback == .envfrom else { return .continue }
        await Task.yield()
        if inside.add() == count { all.signal() }
        try all.wait(for: "all callbacks")
        all.signal()
        return .continue
      }
    }
    try play(count, on: server)
    #expect(inside.value == count)
  }
}
