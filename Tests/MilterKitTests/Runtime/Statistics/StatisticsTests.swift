import Dispatch
import MilterCore
import MilterFilterFixtures
import MilterProcessFixtures
import MilterSystem
import Testing

@testable import MilterKit
@testable import MilterRuntime

@Suite(.ownThread, .timeLimit(.minutes(15))) struct StatisticsTests {
  /// Plays a session to a filter, stops the server, and returns the counters.
  private func statistics(
    timing: Bool = false,
    _ script: @escaping ScriptedFilter.Script = { _, _ in .continue },
    playing body: (TestServer) throws -> Void
  ) throws -> MilterStatistics {
    let server = try TestServer(configure: { $0.timesCallbacks = timing }) {
      ScriptedFilter(nil, script)
    }
    try body(server)
    #expect(server.server.stop() == 0)
    return server.server.statistics
  }

  private func quit(_ mta: TestMTA) throws {
    try mta.quit()
  }

  @Test func `A server that does not run has statistics`() throws {
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { ScriptedFilter() }
    #expect(server.statistics == MilterStatistics())
    #expect(try PrometheusParser(server.statistics.prometheus(filter: "F")).values.count > 100)
  }

  @Test func `Connections messages and verdicts are counted`() throws {
    let statistics = try statistics {
      filter, callback in
      switch callback {
      case .envrcpt: filter.arguments.first == "<bad@y>" ? .reject : .continue
      case .eom: .accept
      default: .continue
      }
    } playing: { server in
      for _ in 1...2 {
        let mta = try server.connect()
        try mta.greet()
        for _ in 1...3 { #expect(try mta.message() == [.accept]) }
        #expect(try mta.ask(.mail([bytes("<a@b>")])) == [.continue])
        #expect(try mta.ask(.rcpt([bytes("<bad@y>")])) == [.reject])
        try mta.send(.abort)
        try quit(mta)
      }
      #expect(server.server.statistics.connections == 2)
    }
    #expect(statistics.connections == 2)
    #expect(statistics.openConnections == 0)
    #expect(statistics.messages == 8)
    #expect(statistics.abortedMessages == 2)
    let verdicts: [MilterCallback: [MilterStatus: Int]] = [
      .connect: [.continue: 2], .helo: [.continue: 2], .envfrom: [.continue: 8],
      .envrcpt: [.continue: 6, .reject: 2], .data: [.continue: 6], .header: [.continue: 6],
      .eoh: [.continue: 6], .body: [.continue: 6], .eom: [.accept: 6],
    ]
    #expect(statistics.answers == verdicts)
    #expect(statistics.errors == [:])
    #expect(statistics.callbackTimes == [:])
  }

  @Test func `Open connections and threads are the current ones`() throws {
    let server = try TestServer { ScriptedFilter() }
    let mtas = try (0..<3).map { _ in try server.connect() }
    for mta in mtas { try mta.greet() }
    withExtendedLifetime(mtas) {
      #expect(server.server.statistics.openConnections == 3)
      // On a busy machine, the pool adds threads, up to its limit.
      #expect(1...64 ~= server.server.statistics.threads)
    }
  }

  @Test func `Bytes are counted as on the wire`() throws {
    let offer = MilterNegotiation(options: .init(actions: .all, steps: []))
    let commands: [MTACommand] = [.negotiate(offer), .helo(bytes("x"))]
    var answer: [UInt8] = []
    let statistics = try statistics { server in
      let mta = try server.connect()
      for command in commands { answer += try mta.ask(command).flatMap(\.bytes) }
      try quit(mta)
    }
    let sent = (commands + [.quit]).flatMap(\.bytes)
    #expect(statistics.bytesReceived == sent.count)
    #expect(statistics.bytesSent == answer.count)
  }

  @Test func `A message of which only the end is sent counts`() throws {
    final class OnlyEom: Milter {
      override func eom() throws -> Status { .accept }
    }
    let server = try TestServer { OnlyEom() }
    let mta = try server.connect()
    _ = try mta.ask(TestMTA.offer)
    #expect(try mta.ask(.endOfBody([])) == [.accept])
    #expect(try mta.ask(.endOfBody([])) == [.accept])
    try mta.send(.macro(UInt8(ascii: "C"), []))
    try quit(mta)
    #expect(server.server.stop() == 0)
    #expect(server.server.statistics.messages == 2)
    #expect(server.server.statistics.abortedMessages == 0)
  }

  @Test func `A message that the MTA does not end is aborted`() throws {
    let statistics = try statistics { server in
      let mta = try server.connect()
      try mta.greet()
      #expect(try mta.ask(.mail([bytes("<a@b>")])) == [.continue])
      #expect(try mta.ask(.mail([bytes("<a@b>")])) == [.continue])
      try quit(mta)
    }
    #expect(statistics.messages == 2)
    #expect(statistics.abortedMessages == 2)
  }

  @Test func `A verdict on the last chunk of the body is attributed to body`() throws {
    let server = try TestServer {
      ScriptedFilter { _, callback in callback == .body ? .reject : .continue }
    }
    let mta = try server.connect()
    try mta.greet()
    try mta.envelope()
    #expect(try mta.ask(.endOfBody(bytes("the only one"))) == [.reject])
    server.server.stop()
    let answers = server.server.statistics.answers
    #expect(answers[.body] == [.reject: 1])
    #expect(answers[.eom] == nil)
    #expect(server.log.all.contains { $0.hasSuffix("body: reject") })
    #expect(!server.log.all.contains { $0.hasSuffix("eom: reject") })
  }

  @Test func `A mistake in the last chunk of the body is no answer, because eom follows`() throws {
    let server = try TestServer {
      ScriptedFilter { _, callback in callback == .body ? .noreply : .continue }
    }
    let mta = try server.connect()
    try mta.greet()
    try mta.envelope()
    #expect(try mta.ask(.endOfBody(bytes("the only one"))) == [.continue])
    server.server.stop()
    let answers = server.server.statistics.answers
    #expect(answers[.body] == nil)
    #expect(answers[.eom] == [.continue: 1])
    #expect(server.server.statistics.errors == [.filter: 1])
    #expect(server.log.all.filter { $0.hasSuffix("body: noreply") } == [])
    #expect(server.log.all.filter { $0.hasSuffix("eom: continue") }.count == 1)
  }

  @Test func `Errors are counted by their kind`() throws {
    struct Oops: Error {}
    let statistics = try statistics {
      filter, callback in
      switch (callback, filter.arguments.first) {
      case (.helo, "throw"): throw Oops()
      case (.helo, "wrong"): return .allOptions
      case (.negotiate, _) where !filter.offered.actions.contains(.addhdrs):
        filter.wanted.actions.insert(.addhdrs)
      default: break
      }
      return .continue
    } playing: { server in
      let garbage = try server.connect()
      try garbage.send(bytes: bytes("EHLO scanner\r\n"))
      #expect(try garbage.receive() == nil)
      let poor = try server.connect()
      try poor.send(.negotiate(.init(options: .init(actions: .chghdrs, steps: []))))
      #expect(try poor.receive() == nil)
      let mta = try server.connect()
      _ = try mta.ask(TestMTA.offer)
      #expect(try mta.ask(.helo(bytes("throw"))) == [.tempfail])
      #expect(try mta.ask(.helo(bytes("wrong"))) == [.tempfail])
      try quit(mta)
      server.reconfigure { $0.timeout = .milliseconds(200) }
      let silent = try server.connect(saying: TestMTA.offer.bytes)
      #expect(try silent.receive()?.code == .negotiate)
      #expect(try silent.receive() == nil)
    }
    let errors: [MilterStatistics.ErrorKind: Int] = [
      .malformed: 1, .negotiation: 1, .callback: 1, .filter: 1, .timeout: 1,
    ]
    #expect(statistics.errors == errors)
    #expect(statistics.answers[.helo] == [.tempfail: 1, .allOptions: 1])
  }

  @Test func `No count is lost between threads`() throws {
    let (connections, messages) = (16, 50)
    // With few threads, connections change threads, and snapshots are taken while threads work.
    let server = try TestServer(configure: { $0.maxThreads = 3 }) { ScriptedFilter() }
    let failures = Counter()
    let isOver = Counter()
    let (running, spec) = (server.server, server.spec)
    let watcher = DispatchQueue(label: "watcher")
    watcher.async {
      var last = 0
      while isOver.value == 0 {
        let now = running.statistics.messages
        if now < last { failures.add() }
        last = now
      }
    }
    DispatchQueue.concurrentPerform(iterations: connections) { _ in
      do {
        let mta = try TestMTA(spec)
        try mta.greet()
        for _ in 0..<messages { if try mta.message() != [.continue] { failures.add() } }
        try mta.send(.quit)
        if try mta.receive() != nil { failures.add() }
      } catch {
        failures.add()
      }
    }
    isOver.add()
    watcher.sync {}
    #expect(server.server.stop() == 0)
    let statistics = server.server.statistics
    #expect(failures.value == 0)
    #expect(statistics.connections == connections)
    #expect(statistics.openConnections == 0)
    #expect(statistics.messages == connections * messages)
    #expect(statistics.answers[.eom] == [.continue: connections * messages])
  }

  @Test func `Callbacks are timed on request`() throws {
    let statistics = try statistics(timing: true) { server in
      let mta = try server.connect()
      try mta.greet()
      for _ in 1...2 { #expect(try mta.message() == [.continue]) }
      #expect(try mta.ask(.mail([bytes("<a@b>")])) == [.continue])
      try quit(mta)
    }
    let counts = statistics.callbackTimes.mapValues(\.count)
    let expected: [MilterCallback: Int] = [
      .negotiate: 1, .connect: 1, .helo: 1, .envfrom: 3, .envrcpt: 2, .data: 2, .header: 2,
      .eoh: 2, .body: 2, .eom: 2, .abort: 1, .close: 1,
    ]
    #expect(counts == expected)
    #expect(statistics.callbackTimes.values.allSatisfy { $0.sum > .zero })
  }

  @Test func `Times are counted in the right buckets`() {
    #expect(MilterHistogram.bounds == MilterHistogram.bounds.sorted())
    for (place, bound) in MilterHistogram.nanoseconds.enumerated() {
      #expect(MilterHistogram.bucket(bound) == place)
      #expect(MilterHistogram.bucket(bound + 1) == place + 1)
    }
    #expect(MilterHistogram.bucket(0) == 0)
    #expect(MilterHistogram.bucket(.max) == MilterHistogram.nanoseconds.count)
  }
}
