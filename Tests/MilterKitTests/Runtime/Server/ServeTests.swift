import Dispatch
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import Testing

/// A server as a task.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct ServeTests {
  /// Returns when a task that serves has ended; throws an error if it does not end.
  private func waitForEnd(of task: Task<Void, any Error>) async throws {
    let ended = DispatchSemaphore(value: 0)
    Task(executorPreference: ThreadForEachJob.executor) {
      _ = await task.result
      ended.signal()
    }
    try ended.wait(for: "the end of the server's task")
    try await task.value
  }

  @Test func `A message in progress ends when the task is canceled`() async throws {
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { AsyncScriptedFilter() }
    try server.open()
    let mta = try TestMTA(server.addresses[0])
    let task = Task(executorPreference: ThreadForEachJob.executor) { try await server.serve() }
    try mta.greet()
    #expect(try mta.ask(.mail([bytes("<a@b>")])) == [.continue])
    task.cancel()
    try wait(for: "the listening socket's end") {
      (try? TestMTA(server.addresses.first ?? "")) == nil
    }
    #expect(try mta.ask(.rcpt([bytes("<c@d>")])) == [.continue])
    #expect(try mta.ask(.endOfBody([])) == [.continue])
    try mta.quit()
    try await waitForEnd(of: task)
    #expect(server.addresses.isEmpty)
  }

  @Test func `A server that is stopped otherwise lets its task end`() async throws {
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { AsyncScriptedFilter() }
    try server.open()
    let task = Task(executorPreference: ThreadForEachJob.executor) { try await server.serve() }
    let mta = try TestMTA(server.addresses[0])
    try mta.greet()
    try mta.quit()
    server.stop()
    try await waitForEnd(of: task)
    #expect(server.addresses.isEmpty)
  }

  @Test func `A task that is canceled before it begins opens nothing`() async throws {
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { AsyncScriptedFilter() }
    let task = Task(executorPreference: ThreadForEachJob.executor) {
      withUnsafeCurrentTask { $0?.cancel() }
      try await server.serve()
    }
    try await waitForEnd(of: task)
    #expect(server.addresses.isEmpty)
  }
}
