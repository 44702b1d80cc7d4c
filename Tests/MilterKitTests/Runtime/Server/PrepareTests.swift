import Foundation
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import Synchronization
import Testing

/// The preparation of a filter before it serves.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct PrepareTests {
  @Test(.needsRoot("only root gives up privileges"))
  func `A filter prepares with privileges, then without, and writes its log`() throws {
    let directory = try ScratchDirectory()
    let nobody = try #require(getpwnam("nobody")).pointee.pw_uid
    let process = try OperatedProcess(
      ["--socket", "unix:\(directory.path(of: "s"))", "--user", "nobody"],
      environment: ["PREPARING": "1"])
    _ = try process.address()
    try process.stop()
    let lines = try process.log.toEnd()
    #expect(
      lines.filter { $0.contains(": user ") } == [
        "notice: with privileges: user 0", "notice: prepared: user \(nobody)",
      ])
  }

  /// A filter that records the calls of its class methods, and is then stopped.
  private final class PreparedFilter: Milter {
    static let calls = Journal()
    /// The thread that runs the server.
    static let main = pthread_self()

    override class func prepare() throws { calls.note("prepare") }

    override class func reload() throws {
      calls.note("reload")
      pthread_kill(main, SIGTERM)
    }
  }

  @Test func `Run has the filter's class prepare and reload`() async {
    await #expect(processExitsWith: .success) {
      _ = PreparedFilter.main
      var configuration = MilterConfiguration()
      configuration.log = MilterLog { _, line in
        if line.hasPrefix("listening on ") { PreparedFilter.calls.note("listening") }
      }
      let server = try MilterServer(
        sockets: ["inet:0@127.0.0.1"], configuration: configuration
      ) { PreparedFilter() }
      hangUpLater()
      try server.run()
      #expect(PreparedFilter.calls.all == ["prepare", "listening", "reload"])
    }
  }

  @Test func `Serving as a task has the filter's class prepare, once`() async throws {
    let calls = Journal()
    var configuration = MilterConfiguration()
    configuration.prepare = { calls.note("prepare") }
    let server = try MilterServer(
      sockets: ["inet:0@127.0.0.1"], configuration: configuration
    ) { ScriptedFilter() }
    try server.open()
    let mta = try TestMTA(server.addresses[0])
    let task = Task(executorPreference: ThreadForEachJob.executor) { try await server.serve() }
    try mta.greet()
    #expect(calls.all == ["prepare"])
    task.cancel()
    try mta.send(.quit)
    try await task.value
    #expect(calls.all == ["prepare"])
  }

  @Test func `A larger program that starts a server prepares the filter itself`() throws {
    let calls = Journal()
    let server = try TestServer(configure: { $0.prepare = { calls.note("prepare") } }) {
      ScriptedFilter()
    }
    try server.connect().greet()
    #expect(calls.all == [])
  }

  struct Unready: Error {}

  @Test func `A server whose filter does not prepare in time ends, and leaves no socket`()
    async throws
  {
    let directory = try ScratchDirectory()
    let path = directory.path(of: "s")
    var configuration = MilterConfiguration()
    configuration.prepare = {
      #expect(FileManager.default.fileExists(atPath: path))
      throw Unready()
    }
    let server = try MilterServer(
      sockets: ["unix:\(path)"], configuration: configuration
    ) { ScriptedFilter() }
    await #expect(throws: Unready.self) { try await server.serve() }
    #expect(server.addresses == [])
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func `A server that fails to run restores the signal handlers`() async {
    await #expect(processExitsWith: .success) {
      var configuration = MilterConfiguration()
      configuration.log = MilterLog { _, _ in }
      configuration.prepare = { throw Unready() }
      let server = try MilterServer(
        sockets: ["inet:0@127.0.0.1"], configuration: configuration
      ) { ScriptedFilter() }
      func blocked() -> [Int32] {
        var set = sigset_t()
        pthread_sigmask(SIG_SETMASK, nil, &set)
        return [SIGTERM, SIGINT, SIGHUP, SIGUSR1].filter { sigismember(&set, $0) == 1 }
      }
      let before = blocked()
      #expect(throws: Unready.self) { try server.run() }
      #expect(server.addresses == [])
      #expect(blocked() == before)
    }
  }

  @Test func `A server that is stopped while its filter prepares does not serve`() async throws {
    let stop = Stop()
    var configuration = MilterConfiguration()
    configuration.prepare = { stop.server.withLock { $0 }?.stop() }
    let server = try MilterServer(
      sockets: ["inet:0@127.0.0.1"], configuration: configuration
    ) { ScriptedFilter() }
    stop.server.withLock { $0 = server }
    defer { stop.server.withLock { $0 = nil } }
    try await server.serve()
    #expect(server.addresses == [])
  }

  private final class Stop: Sendable {
    let server = Mutex<MilterServer?>(nil)
  }
}
