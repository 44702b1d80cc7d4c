import Dispatch
import Foundation
import MilterCore
import MilterFilterFixtures
import MilterProcessFixtures
import Synchronization
import Testing

@testable import MilterKit
@testable import MilterRuntime

/// Checks that a log's closure may use the server that logs, on any thread.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct LogClosureTests {
  /// A server whose log closure reads its addresses and stops it at a certain line.
  private final class Stopped: Sendable {
    private let server = Mutex<MilterServer?>(nil)
    let addresses = Mutex<[String]>([])
    private let hasStopped = DispatchSemaphore(value: 0)
    let lastWords = Counter()

    init(
      at line: String, _ configure: (inout MilterConfiguration) -> Void = { _ in },
      _ makeMilter: @escaping @Sendable () -> Milter = { ScriptedFilter() }
    ) throws {
      var configuration = MilterConfiguration()
      configuration.log = MilterLog { [self] _, text in
        guard let server = server.withLock({ $0 }) else { return }
        if text.contains(line) {
          addresses.withLock { $0 = server.addresses }
          _ = server.statistics
          server.stop(drain: .zero)
        }
        if text == "stopped" {
          lastWords.add()
          server.stop()
          hasStopped.signal()
        }
      }
      configure(&configuration)
      let new = try MilterServer(
        sockets: ["inet:0@127.0.0.1"], configuration: configuration, makeMilter: makeMilter)
      server.withLock { $0 = new }
    }

    var whole: MilterServer { get throws { try #require(server.withLock { $0 }) } }

    /// Returns whether the server stops within a minute.
    func stops() -> Bool {
      defer { server.withLock { $0 = nil } }
      return hasStopped.wait(timeout: .now() + 60) == .success
    }
  }

  @Test func `At the first line, in the thread that starts`() async throws {
    let stopped = try Stopped(at: "listening on ")
    let server = try stopped.whole
    // The server starts on a thread of its own, so that a deadlock fails the test after a minute.
    let hasStarted = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      try? server.start()
      hasStarted.signal()
    }
    try #require(hasStarted.wait(timeout: .now() + 60) == .success)
    #expect(stopped.stops())
    #expect(stopped.addresses.withLock { $0.count } == 1)
    #expect(stopped.lastWords.value == 1)
  }

  @Test func `When there is no room, in the thread that accepts`() throws {
    let stopped = try Stopped(at: "as many connections as allowed", { $0.maxConnections = 1 })
    try stopped.whole.start()
    let spec = try stopped.whole.addresses[0]
    // The first connection fills the server. The stop may refuse the second one.
    let mtas = (0..<2).map { _ in try? TestMTA(spec) }
    #expect(stopped.stops())
    withExtendedLifetime(mtas) {}
  }

  @Test func `When a callback takes too long, in the thread that checks them`() throws {
    let gate = DispatchSemaphore(value: 0)
    let stopped = try Stopped(
      at: "has not returned", { $0.callbackTimeout = .milliseconds(20) },
      {
        ScriptedFilter { _, callback in
          if callback == .helo { gate.wait() }
          return .continue
        }
      })
    try stopped.whole.start()
    let mta = try TestMTA(try stopped.whole.addresses[0])
    // On a busy machine, the negotiation itself may exceed the timeout.
    if (try? mta.ask(TestMTA.offer)) != nil { try? mta.send(.helo(bytes("x"))) }
    #expect(stopped.stops())
    gate.signal()
    withExtendedLifetime(mta) {}
  }

  @Test func `When the metrics cannot be written, in the thread that writes them`() throws {
    let directory = try ScratchDirectory()
    let file = directory.path(of: "missing/m.prom")
    let stopped = try Stopped(
      at: "metrics: ", { $0.metrics = MilterMetrics(file: file, filter: "F") })
    try stopped.whole.start()
    #expect(stopped.stops())
  }
}
