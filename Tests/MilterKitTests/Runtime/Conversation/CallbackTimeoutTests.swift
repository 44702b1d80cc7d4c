import Dispatch
import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import MilterSystem
import Testing

/// Callbacks that exceed their timeout.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct CallbackTimeoutTests {
  /// Returns a server with a filter whose one callback returns only when the test permits it.
  private func server(
    blocking blocked: MilterCallback, _ gate: DispatchSemaphore, _ journal: Journal? = nil,
    configure: (inout MilterConfiguration) -> Void = { _ in },
    before: @escaping @Sendable (ScriptedFilter) throws -> Void = { _ in },
    after: @escaping @Sendable (ScriptedFilter) throws -> MilterStatus = { _ in .continue }
  ) throws -> TestServer {
    try TestServer(configure: {
      $0.callbackTimeouts[blocked] = .milliseconds(50)
      configure(&$0)
    }) {
      ScriptedFilter(journal) { filter, callback in
        guard callback == blocked else { return .continue }
        try before(filter)
        gate.wait()
        return try after(filter)
      }
    }
  }

  @Test(arguments: AnsweredStep.all)
  func `A callback that exceeds its timeout is answered by the server`(_ step: AnsweredStep) throws
  {
    let (gate, journal) = (DispatchSemaphore(value: 0), Journal())
    let server = try server(blocking: step.callback, gate, journal, after: { _ in .reject })
    let mta = try server.connect()
    _ = try mta.ask(TestMTA.offer)
    for command in step.before { #expect(try mta.ask(command) == [.continue]) }
    #expect(try mta.ask(step.command) == [.tempfail])
    // The next command waits until the callback returns, and then gets no reply.
    try mta.send(.helo(bytes("next")))
    #expect(try Poll.wait(mta.socket.descriptor, .readable, milliseconds: 20) == [])
    gate.signal()
    // The server closes the connection with unread bytes, so the MTA may see a reset.
    #expect((try? mta.receive()) == nil)
    try server.finishLooking()
    server.server.stop()
    // A tempfail ends the message, except at a recipient, so abort is called only there.
    let calls = journal.all.map { String($0.prefix { $0 != " " }) }
    let abort = step.callback == .envrcpt ? ["abort"] : []
    let last = ["\(step.callback)"] + abort + ["close"]
    #expect(Array(calls.suffix(last.count)) == last)
    let complaints = server.log.all.filter { !$0.hasPrefix("info") && !$0.hasPrefix("debug") }
    #expect(complaints.contains { $0.contains("\(step.callback) has not returned after ") })
    #expect(complaints.contains { $0.contains("tempfail is answered instead") })
    #expect(complaints.contains { $0.contains("\(step.callback) has returned too late") })
  }

  @Test(arguments: [
    (MilterStatus.accept, FilterReply.accept), (.reject, .reject), (.discard, .discard),
    (.tempfail, .tempfail),
  ])
  func `The answer is the configured one`(_ status: MilterStatus, _ reply: FilterReply) throws {
    let gate = DispatchSemaphore(value: 0)
    let server = try server(
      blocking: .eom, gate, configure: { $0.callbackFallback = status },
      // This change is not sent before the timeout, so it is discarded.
      before: { try $0.addheader("X-Early", "v") })
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.message() == [reply])
    gate.signal()
    #expect(try mta.receive() == nil)
  }

  @Test func `A fallback that makes no decision is refused`() {
    #expect(throws: MilterError(.invalidArgument, "")) {
      try TestServer(configure: { $0.callbackFallback = .continue }) { ScriptedFilter() }
    }
  }

  @Test func `Actions of a late callback throw and are not sent`() throws {
    let (gate, errors) = (DispatchSemaphore(value: 0), Journal())
    let server = try server(
      blocking: .eom, gate,
      after: { filter in
        let actions: [() throws -> Void] = [
          { try filter.addheader("X", "v") }, { try filter.replacebody("new") },
          { try filter.replacebody([UInt8](repeating: 0x62, count: 1 << 20)) },
          { try filter.progress() }, { try filter.setreply("550") },
        ]
        for action in actions {
          do { try action() } catch {
            errors.note("\((error as? MilterError)?.code.description ?? "")")
          }
        }
        return .accept
      })
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.message() == [.tempfail])
    gate.signal()
    #expect(try mta.receive() == nil)
    server.server.stop()
    #expect(errors.all == [String](repeating: "timedOut", count: 5))
  }

  @Test func `Half of the changes are not accepted`() throws {
    let gate = DispatchSemaphore(value: 0)
    let server = try server(
      blocking: .eom, gate,
      configure: {
        $0.callbackFallback = .accept
        $0.callbackTimeouts[.eom] = .seconds(3600)
        $0.maxHeldChanges = 0
      },
      before: { try $0.replacebody([UInt8](repeating: 0x62, count: 3 * 65_535)) })
    let mta = try server.connect()
    try mta.greet()
    try mta.envelope()
    try mta.send(.endOfBody([]))
    for _ in 0..<2 { #expect(try mta.receive()?.code == .replacebody) }
    // Two of three chunks have been sent when the timeout expires.
    try server.look(after: .seconds(3600))
    #expect(try mta.receive() == .tempfail)
    gate.signal()
  }

  @Test func `Changes of the last chunk count until the message ends`() throws {
    // One command calls body and eom. The change made in body still counts when eom times out.
    let gate = DispatchSemaphore(value: 0)
    let server = try TestServer(configure: {
      $0.callbackFallback = .accept
      $0.callbackTimeouts[.eom] = .milliseconds(50)
      $0.maxHeldChanges = 0
    }) {
      ScriptedFilter { filter, callback in
        if callback == .body {
          try filter.replacebody([UInt8](repeating: 0x62, count: 3 * 65_535))
        }
        if callback == .eom { gate.wait() }
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    try mta.envelope()
    let replies = try mta.ask(.endOfBody(bytes("tail")))
    #expect(replies.map(\.code) == [.replacebody, .replacebody, .tempfail])
    gate.signal()
  }

  @Test func `Changes of one message do not affect the next`() throws {
    let gate = DispatchSemaphore(value: 0)
    let server = try TestServer(configure: {
      $0.callbackFallback = .accept
      $0.callbackTimeouts[.helo] = .milliseconds(50)
      $0.maxHeldChanges = 0
    }) {
      ScriptedFilter { filter, callback in
        if callback == .eom {
          try filter.replacebody([UInt8](repeating: 0x62, count: 3 * 65_535))
        }
        if callback == .helo { gate.wait() }
        return .continue
      }
    }
    let mta = try server.connect()
    _ = try mta.ask(TestMTA.offer)
    #expect(try mta.message().last == .continue)
    #expect(try mta.ask(.helo(bytes("slow"))) == [.accept])
    gate.signal()
  }

  @Test func `A callback may have its own timeout`() throws {
    let gate = DispatchSemaphore(value: 0)
    let server = try TestServer(configure: { $0.callbackTimeouts[.eom] = .milliseconds(50) }) {
      ScriptedFilter { _, callback in
        if callback == .helo || callback == .eom { gate.wait() }
        return .continue
      }
    }
    let slow = try server.connect()
    _ = try slow.ask(TestMTA.offer)
    try slow.send(.helo(bytes("x")))
    let slower = try server.connect()
    _ = try slower.ask(TestMTA.offer)
    try slower.envelope()
    #expect(try slower.ask(.endOfBody([])) == [.tempfail])
    // helo has now taken longer than the timeout of eom.
    gate.signal()
    gate.signal()
    #expect(try slow.receive() == .continue)
  }

  @Test(arguments: [MilterCallback.negotiate, .helo])
  func `If no answer is possible, the MTA sees the end at once`(_ callback: MilterCallback)
    throws
  {
    let gate = DispatchSemaphore(value: 0)
    let journal = Journal()
    let limit = Duration.milliseconds(50)
    let server = try TestServer(configure: {
      // Only helo has the timeout in the second case, so that negotiate cannot exceed it.
      if callback == .negotiate {
        $0.callbackTimeout = limit
      } else {
        $0.callbackTimeouts[callback] = limit
      }
    }) {
      ScriptedFilter(journal) { filter, current in
        if current == .negotiate { filter.wanted.steps.insert(.nrHelo) }
        if current == callback { gate.wait() }
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.send(TestMTA.offer)
    if callback == .helo {
      #expect(try mta.receive()?.code == .negotiate)
      try mta.send(.helo(bytes("x")))
    }
    #expect(try mta.receive() == nil)
    // The callback is still running, or has yet to begin.
    try wait(for: "the callback") {
      journal.all.last?.hasPrefix("\(callback)") ?? false
    }
    try server.finishLooking()
    gate.signal()
    server.server.stop()
    #expect(journal.all.last == "close")
    #expect(server.log.all.contains { $0.contains("; its connection is closed") })
  }

  @Test(arguments: [MilterCallback.abort, .close])
  func `The last callbacks appear in the log`(_ callback: MilterCallback) throws {
    let gate = DispatchSemaphore(value: 0)
    let server = try server(blocking: callback, gate)
    let mta = try server.connect()
    try mta.greet()
    _ = try mta.ask(.mail([bytes("<a@b>")]))
    try mta.send(.abort, .quit)
    #expect(try mta.receive() == nil)
    try server.finishLooking()
    gate.signal()
    server.server.stop()
    #expect(server.log.all.contains { $0.contains("\(callback) has not returned after ") })
  }

  @Test func `A connection that hangs does not stop others`() throws {
    let gate = DispatchSemaphore(value: 0)
    let server = try server(blocking: .helo, gate)
    let hanging = try (0..<20).map { _ in
      let mta = try server.connect()
      _ = try mta.ask(TestMTA.offer)
      try mta.send(.helo(bytes("x")))
      return mta
    }
    for mta in hanging { #expect(try mta.receive() == .tempfail) }
    let mta = try server.connect()
    _ = try mta.ask(TestMTA.offer)
    #expect(try mta.message() == [.continue])
    for _ in hanging { gate.signal() }
    for mta in hanging { #expect(try mta.receive() == nil) }
  }

  @Test func `Timeouts also expire while the server stops`() throws {
    let (gate, inEom) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let server = try server(
      blocking: .eom, gate, configure: { $0.callbackTimeouts[.eom] = .seconds(2) },
      before: { _ in inEom.signal() })
    let mta = try server.connect()
    try mta.greet()
    try mta.envelope()
    try mta.send(.endOfBody([]))
    try inEom.wait(for: "eom")
    let left = server.stopping()
    #expect(try mta.receive() == .tempfail)
    gate.signal()
    #expect(try mta.receive() == nil)
    #expect(try left() == 0)
  }

  @Test func `Either the callback or the clock answers, never both`() throws {
    // The callback returns shortly before or shortly after its timeout.
    let never = DispatchSemaphore(value: 0)
    let server = try TestServer(configure: { $0.callbackTimeouts[.helo] = .milliseconds(5) }) {
      ScriptedFilter { _, callback in
        guard callback == .helo else { return .continue }
        _ = never.wait(timeout: .now() + .microseconds(.random(in: 4_000...11_000)))
        return .reject
      }
    }
    let wrong = try (0..<300).compactMap { _ in
      let mta = try server.connect()
      _ = try mta.ask(TestMTA.offer)
      let replies = try mta.ask(.helo(bytes("x")))
      switch replies {
      case [.reject]: return try mta.ask(.unknown(bytes("X"))) == [.continue] ? nil : replies
      case [.tempfail]: return try mta.receive() == nil ? nil : replies
      default: return replies
      }
    }
    #expect(wrong == [])
  }
}
