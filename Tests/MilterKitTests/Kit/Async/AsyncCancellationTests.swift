import Dispatch
import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import MilterSystem
import Testing

/// Callbacks whose result is no longer needed.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct AsyncCancellationTests {
  /// A place where a callback may suspend, in addition to the answered steps.
  struct Place: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let callback: MilterCallback
    let before: [MTACommand]
    let command: MTACommand
    /// The later callbacks.
    let rest: [String]

    static let all = [
      Place(
        testDescription: "negotiate", callback: .negotiate, before: [], command: TestMTA.offer,
        rest: ["close"]),
      Place(
        testDescription: "the last chunk", callback: .body,
        before: [TestMTA.offer, .mail([bytes("<a@b>")]), .rcpt([bytes("<c@d>")])],
        command: .endOfBody(bytes("tail")), rest: ["messageEnded", "close"]),
    ]
  }

  @Test(arguments: Place.all)
  func `A hang-up cancels a callback wherever it suspends`(_ place: Place) throws {
    let (room, journal) = (WaitingRoom(), Journal())
    let server = try TestServer {
      AsyncScriptedFilter(journal) { _, callback in
        guard callback == place.callback else { return .continue }
        do {
          try await room.wait()
        } catch {
          journal.note("it ends")
          throw error
        }
        return .continue
      }
    }
    do {
      let mta = try server.connect()
      for command in place.before { _ = try mta.ask(command) }
      try mta.send(place.command)
      try wait(for: "suspended callbacks") { room.waitingCount == 1 }
    }
    try wait(for: "the end") { journal.all.last == "close" }
    #expect(Array(journal.all.drop { $0 != "it ends" }) == ["it ends"] + place.rest)
    #expect(server.complaints == [])
    #expect(server.server.statistics.errors == [.disconnected: 1])
  }

  @Test func `A connection that closes before the callback suspends also cancels it`() throws {
    let (room, gate, journal) = (WaitingRoom(), DispatchSemaphore(value: 0), Journal())
    let server = try TestServer {
      AsyncScriptedFilter(journal) { _, callback in
        guard callback == .helo else { return .continue }
        journal.note("helo blocks")
        gate.wait()
        do {
          try await room.wait()
        } catch {
          journal.note("helo is canceled")
          throw error
        }
        return .continue
      }
    }
    do {
      let mta = try server.connect()
      _ = try mta.ask(TestMTA.offer)
      try mta.send(.helo(bytes("x")))
      try wait(for: "a callback at work") { journal.all.last == "helo blocks" }
    }
    gate.signal()
    try wait(for: "the end") { journal.all.last == "close" }
    #expect(journal.all.suffix(2) == ["helo is canceled", "close"])
  }

  @Test func `A callback for an end is not canceled by the same end`() throws {
    let (room, first) = (WaitingRoom(), Journal())
    let (later, second) = (WaitingRoom(), Journal())
    let connections = Journal()
    let server = try TestServer {
      connections.note("connection")
      // Each connection has its own journal, because both may write at the same time.
      let journal = connections.all.count == 1 ? first : second
      return AsyncScriptedFilter(journal) { filter, callback in
        if callback == .helo, filter.rawArguments == [bytes("later")] {
          defer { journal.note("helo ends") }
          try await later.wait()
        }
        guard callback == .abort || callback == .close else { return .continue }
        do {
          try await room.wait()
          journal.note("\(callback) ends")
        } catch {
          journal.note("\(callback) is canceled")
        }
        return .continue
      }
    }
    do {
      let mta = try server.connect()
      try mta.greet()
      _ = try mta.ask(.mail([bytes("<a@b>")]))
      // Postfix sends abort and quit when the client disconnects.
      try mta.send(.abort, .quit)
      try wait(for: "abort") { room.waitingCount == 1 }
    }
    let told = first.all
    // When the second connection's callback is canceled, the server has also noticed the end of
    // the first connection.
    do {
      let mta = try server.connect()
      _ = try mta.ask(TestMTA.offer)
      try mta.send(.helo(bytes("later")))
      try wait(for: "helo") { later.waitingCount == 1 }
    }
    try wait(for: "a cancellation") { second.all.contains("helo ends") }
    #expect(told.last == "abort")
    #expect(room.waitingCount >= 1)
    room.open()
    for journal in [first, second] {
      try wait(for: "the end") { journal.all.last == "close ends" }
      #expect(!journal.all.contains { $0.hasSuffix("is canceled") })
    }
    let end = Array(first.all.drop { $0 != "abort ends" })
    #expect(end == ["abort ends", "messageEnded", "close", "close ends"])
  }

  @Test func `Close for one of several clients is not canceled by the abort of a later message`()
    throws
  {
    let (room, journal) = (WaitingRoom(), Journal())
    let server = try TestServer {
      AsyncScriptedFilter(journal) { _, callback in
        guard callback == .close else { return .continue }
        do {
          try await room.wait()
          journal.note("close ends")
        } catch {
          journal.note("close is canceled")
        }
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    try mta.send(
      .quitNewConnection, .connect(host: bytes("mx"), address: nil), .mail([bytes("<a@b>")]),
      .abort)
    try wait(for: "close") { room.waitingCount == 1 }
    room.open()
    for _ in 0..<2 { #expect(try mta.receive() == .continue) }
    try mta.quit()
    server.server.stop()
    #expect(!journal.all.contains("close is canceled"))
    #expect(journal.all.filter { $0 == "close ends" }.count == 2)
  }

  @Test(arguments: [MilterCallback.abort, .close])
  func `A callback for an end is canceled if it suspends after the drain time`(
    callback: MilterCallback
  ) throws {
    let (entered, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let (room, journal) = (WaitingRoom(), Journal())
    let server = try TestServer {
      AsyncScriptedFilter { _, current in
        guard current == callback else { return .continue }
        entered.signal()
        gate.wait()
        do { try await room.wait() } catch { journal.note("is canceled") }
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    _ = try mta.ask(.mail([bytes("<a@b>")]))
    try mta.send(.abort, .quit)
    try entered.wait(for: "the callback")
    #expect(server.server.stop(drain: .zero) == 1)
    gate.signal()
    try wait(for: "the callback's end") { !journal.all.isEmpty }
    #expect(journal.all == ["is canceled"])
  }

  @Test func `A cancellation handler that blocks does not stop other connections`() throws {
    let (room, gate, journal) = (WaitingRoom(), DispatchSemaphore(value: 0), Journal())
    let server = try TestServer(configure: { $0.linger = .milliseconds(1) }) {
      AsyncScriptedFilter(journal) { filter, callback in
        guard callback == .helo, filter.rawArguments == [bytes("handles")] else { return .continue }
        try await withTaskCancellationHandler {
          try await room.wait()
        } onCancel: {
          journal.note("handler")
          gate.wait()
        }
        return .continue
      }
    }
    // This connection has no thread, so the server must wake it.
    let other = try server.connect()
    _ = try other.ask(TestMTA.offer)
    try wait(for: "a silent connection") {
      server.server.logConnections()
      return server.log.all.last?.contains("#1: waiting for the MTA for ") ?? false
    }
    do {
      let mta = try server.connect()
      _ = try mta.ask(TestMTA.offer)
      try mta.send(.helo(bytes("handles")))
      try wait(for: "a suspended callback") { room.waitingCount == 1 }
    }
    try wait(for: "the handler") { journal.all.contains("handler") }
    #expect(try other.ask(.helo(bytes("other"))) == [.continue])
    gate.signal()
    try wait(for: "the end") { journal.all.contains("close") }
  }

  @Test func `A callback that catches its cancellation is not logged, and its status is dropped`()
    throws
  {
    let (room, journal) = (WaitingRoom(), Journal())
    let server = try TestServer {
      AsyncScriptedFilter(journal) { _, callback in
        guard callback == .eom else { return .continue }
        try? await room.wait()
        return .reject
      }
    }
    do {
      let mta = try server.connect()
      try mta.greet()
      try mta.envelope()
      try mta.send(.endOfBody([]))
      try wait(for: "a suspended callback") { room.waitingCount == 1 }
    }
    try wait(for: "the end") { journal.all.last == "close" }
    #expect(journal.all.suffix(2) == ["messageEnded", "close"])
    #expect(server.complaints == [])
  }
}
