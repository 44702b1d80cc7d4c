import Dispatch
import Foundation
import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterSystem
import MilterProcessFixtures
import Synchronization
import Testing

@testable import MilterRuntime

@Suite(.ownThread, .timeLimit(.minutes(15))) struct StopTests {
  /// Returns two connections: one between messages, and one at the end of a message.
  private static func idleAndBusy(_ server: TestServer) throws -> (idle: TestMTA, busy: TestMTA) {
    let idle = try server.connect()
    try idle.greet()
    let busy = try server.connect()
    try busy.greet()
    try busy.envelope()
    try busy.send(.endOfBody([]))
    return (idle, busy)
  }

  @Test func `A message in progress gets its verdict, and idle connections are closed`() throws {
    let inEom = DispatchSemaphore(value: 0)
    let gate = DispatchSemaphore(value: 0)
    let server = try TestServer {
      ScriptedFilter { filter, callback in
        if callback == .eom {
          inEom.signal()
          gate.wait()
        }
        return .continue
      }
    }
    let (idle, busy) = try Self.idleAndBusy(server)
    try inEom.wait(for: "eom")
    let left = server.stopping()
    #expect(try idle.receive() == nil)
    #expect(throws: SocketError.self) { try TestMTA(server.spec) }
    gate.signal()
    #expect(try busy.receive() == .continue)
    #expect(try busy.receive() == nil)
    #expect(try left() == 0)
  }

  @Test func `Another message of the same session is served while the server stops`() throws {
    let (inEom, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let server = try TestServer {
      ScriptedFilter { _, callback in
        guard callback == .eom else { return .continue }
        inEom.signal()
        gate.wait()
        return .accept
      }
    }
    let (idle, busy) = try Self.idleAndBusy(server)
    try inEom.wait(for: "eom")
    let left = server.stopping()
    // The end of the idle connection shows that the server stops.
    #expect(try idle.receive() == nil)
    // The next messages are sent before the verdict, because a stopping server closes a connection
    // that is silent for a second after a verdict.
    let next = [MTACommand.mail([bytes("<a@b>")]), .rcpt([bytes("<c@d>")]), .endOfBody([])]
    try busy.send(bytes: (next + next).flatMap(\.bytes))
    for _ in 0..<3 { gate.signal() }
    #expect(try busy.receive() == .accept)
    for _ in 0..<2 {
      for reply in [FilterReply.continue, .continue, .accept] {
        #expect(try busy.receive() == reply)
      }
    }
    #expect(try busy.receive() == nil)
    #expect(try left() == 0)
  }

  @Test func `A message whose MTA is silent is disconnected after the drain time`() throws {
    let journal = Journal()
    let server = try TestServer { ScriptedFilter(journal) }
    let mta = try server.connect()
    try mta.greet()
    _ = try mta.ask(.mail([bytes("<a@b>")]))
    server.server.stop(drain: .milliseconds(20))
    #expect(try mta.receive() == nil)
    try wait(for: "the end") { journal.all.last == "close" }
    #expect(journal.all.suffix(2) == ["abort", "close"])
    // The server closed the connection, so this is not an error.
    #expect(server.server.statistics.errors == [:])
  }

  @Test func `A callback that does not return is counted, and the wait for it is limited`() throws {
    let gate = DispatchSemaphore(value: 0)
    let inHelo = DispatchSemaphore(value: 0)
    let server = try TestServer {
      ScriptedFilter { _, callback in
        if callback == .helo {
          inHelo.signal()
          gate.wait()
        }
        return .continue
      }
    }
    let mta = try server.connect()
    _ = try mta.ask(TestMTA.offer)
    try mta.send(.helo(bytes("x")))
    try inHelo.wait(for: "helo")
    #expect(server.server.stop(drain: .milliseconds(20)) == 1)
    gate.signal()
  }

  @Test func `Callbacks get less than a tenth of a second beyond the drain time`() {
    #expect(Engine.grace < .milliseconds(100))
  }

  @Test func `A Unix socket is removed when the server stops`() throws {
    let directory = try ScratchDirectory()
    let path = directory.path + "/s"
    let server = try TestServer(["unix:\(path)"]) { ScriptedFilter() }
    let mta = try server.connect()
    try mta.greet()
    server.server.stop()
    #expect(throws: SocketError.self) { try TestMTA("unix:\(path)") }
    // The path is free for the next server.
    _ = try TestServer(["unix:\(path)"]) { ScriptedFilter() }
  }

  @Test func `A server that was stopped stays stopped`() throws {
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { ScriptedFilter() }
    #expect(server.stop() == 0)
    #expect(throws: MilterError(.wrongTime, "")) { try server.start() }
    #expect(throws: MilterError(.wrongTime, "")) { try server.run() }
    #expect(server.addresses == [])
    #expect(server.stop() == 0)
  }

  @Test func `A callback may stop the server, and its message still gets its verdict`() throws {
    let servers = Servers()
    let server = try TestServer {
      ScriptedFilter { _, callback in
        if callback == .eom { servers.stopAll() }
        return .continue
      }
    }
    servers.add(server.server)
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.message() == [.continue])
    #expect(try mta.receive() == nil)
  }

  @Test func `A port is free as soon as its server is stopped`() async {
    // The test has its own process: another test could start a program, which has copies of all
    // descriptors until it is executed.
    await #expect(processExitsWith: .success) {
      // Another process may get a port in between, so each round uses another port.
      var refusals = 0
      for _ in 0..<200 {
        let first = try TestServer { ScriptedFilter() }
        let spec = first.spec
        first.server.stop()
        let next = try MilterServer(sockets: [spec]) { ScriptedFilter() }
        do { try next.start() } catch let error as SocketError where error.code == .addressInUse {
          refusals += 1
        }
        next.stop()
      }
      #expect(refusals < 20)
    }
  }

  @Test func `Run returns when the server is stopped`() throws {
    let journal = Journal()
    let stopped = DispatchSemaphore(value: 0)
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { ScriptedFilter() }
    try server.open()
    let spec = try #require(server.addresses.first)
    Thread.detachNewThread {
      // A whole session shows that run has begun.
      do {
        try TestMTA(spec).greet()
        journal.note("greeted")
      } catch {
        journal.note("\(error)")
      }
      journal.note("stopping")
      server.stop()
      stopped.signal()
    }
    try server.run()
    #expect(journal.all == ["greeted", "stopping"])
    try stopped.wait(for: "stop")
  }
}

/// Servers that filters can reach.
private final class Servers: Sendable {
  private let servers = Mutex<[MilterServer]>([])

  func add(_ server: MilterServer) { servers.withLock { $0.append(server) } }

  /// Releases the servers, whose factories hold this object.
  func stopAll() {
    let all = servers.withLock {
      let all = $0
      $0 = []
      return all
    }
    for server in all { server.stop() }
  }
}
