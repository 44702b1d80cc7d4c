import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import Synchronization
import Testing

/// A filter that stops its server with ``MilterBase/stopServer()``.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct StopServerTests {
  @Test(arguments: [MilterCallback.envfrom, .body, .eom], [false, true])
  func `The message gets its verdict, and run returns`(
    callback: MilterCallback, isAsync: Bool
  ) async throws {
    let server = try TestServer {
      guard isAsync else {
        return ScriptedFilter { filter, current in
          if current == callback { filter.stopServer() }
          return current == .eom ? .accept : .continue
        }
      }
      return AsyncScriptedFilter { filter, current in
        await Task.yield()
        if current == callback { filter.stopServer() }
        return current == .eom ? .accept : .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.message() == [.accept])
    // This call stops the server, or waits until the filter's call has stopped it.
    #expect(server.server.stop() == 0)
    #expect(try mta.receive() == nil)
    #expect(server.log.all.filter { $0 == "notice: stopped" }.count == 1)
    #expect(throws: (any Error).self) { try server.connect().greet() }
  }

  @Test func `A callback that is suspended elsewhere finishes first`() throws {
    let room = WaitingRoom()
    let server = try TestServer {
      AsyncScriptedFilter { filter, callback in
        if callback == .eom {
          try await room.wait()
          return .accept
        }
        if callback == .envfrom, filter.rawArguments == [bytes("<stop@b>")] {
          await Task.yield()
          filter.stopServer()
        }
        return .continue
      }
    }
    let suspended = try server.connect()
    try suspended.greet()
    try suspended.envelope()
    try suspended.send(.endOfBody([]))
    try wait(for: "a suspended callback") { room.waitingCount == 1 }
    let stopping = try server.connect()
    try stopping.greet()
    #expect(try stopping.ask(.mail([bytes("<stop@b>")])) == [.continue])
    try wait(for: "the listening socket's end") {
      (try? server.connect()) == nil
    }
    #expect(room.waitingCount == 1)
    room.open()
    #expect(try suspended.receive() == .accept)
    for mta in [suspended, stopping] {
      try mta.quit()
    }
    #expect(server.server.stop() == 0)
    #expect(server.log.all.filter { $0 == "notice: stopped" }.count == 1)
  }

  /// An actor that stops a server on a thread other than the server's.
  @globalActor private actor Desk {
    static let shared = Desk()
    private static let queue = ActorQueue()
    nonisolated var unownedExecutor: UnownedSerialExecutor {
      Self.queue.asUnownedSerialExecutor()
    }

    func stop(_ server: MilterServer?) -> Int? { server?.stop() }
  }

  @Test func `stop does not wait in an actor for which a callback waits`() throws {
    let running = Mutex<MilterServer?>(nil)
    let server = try TestServer {
      AsyncScriptedFilter { _, callback in
        guard callback == .envfrom else { return callback == .eom ? .accept : .continue }
        let server = running.withLock { $0 }
        return await Desk.shared.stop(server) == 0 ? .continue : .reject
      }
    }
    running.withLock { $0 = server.server }
    defer { running.withLock { $0 = nil } }
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.message() == [.accept])
    try mta.quit()
    #expect(server.server.stop() == 0)
  }

  @Test func `stop does not wait in a child task of a callback`() throws {
    let running = Mutex<MilterServer?>(nil)
    let server = try TestServer {
      AsyncScriptedFilter { _, callback in
        guard callback == .envfrom else { return callback == .eom ? .accept : .continue }
        let server = running.withLock { $0 }
        async let left = server?.stop()
        return await left == 0 ? .continue : .reject
      }
    }
    running.withLock { $0 = server.server }
    defer { running.withLock { $0 = nil } }
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.message() == [.accept])
    #expect(try mta.receive() == nil)
    #expect(server.server.stop() == 0)
  }

  @Test func `stop waits in a task that no callback waits for`() throws {
    let running = Mutex<MilterServer?>(nil)
    let journal = Journal()
    let server = try TestServer {
      AsyncScriptedFilter { _, callback in
        guard callback == .eom else { return .continue }
        let server = running.withLock { $0 }
        Task { @Desk in
          server?.stop()
          journal.note("open connections: \(server?.statistics.openConnections ?? -1)")
        }
        return .accept
      }
    }
    running.withLock { $0 = server.server }
    defer { running.withLock { $0 = nil } }
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.message() == [.accept])
    #expect(try mta.receive() == nil)
    _ = try poll(for: "the stop") { journal.all.isEmpty ? nil : true }
    #expect(journal.all == ["open connections: 0"])
  }

  @Test func `Without a connection it does nothing`() throws {
    let server = try TestServer {
      let filter = ScriptedFilter()
      filter.stopServer()
      return filter
    }
    for number in 1...2 {
      let mta = try server.connect()
      try mta.greet()
      #expect(try mta.message() == [.continue], "connection \(number)")
      try mta.quit()
    }
    #expect(!server.log.all.contains("notice: stopped"))
  }
}
