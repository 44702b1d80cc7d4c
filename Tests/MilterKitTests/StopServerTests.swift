import MilterCore
import MilterFilterFixtures
import MilterKit
import Testing

/// A filter that has its server stop: ``MilterBase/stopServer()``.
@Suite(.timeLimit(.minutes(15))) struct StopServerTests {
  @Test(arguments: [MilterCallback.envfrom, .body, .eom], [false, true])
  func `the message gets its verdict, and run returns`(
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
    // Stops, or waits until it has stopped.
    #expect(server.server.stop() == 0)
    #expect(try mta.receive() == nil)
    #expect(server.log.all.filter { $0 == "notice: stopped" }.count == 1)
    #expect(throws: (any Error).self) { try server.connect().greet() }
  }

  @Test func `without a connection it does nothing`() { ScriptedFilter().stopServer() }
}
