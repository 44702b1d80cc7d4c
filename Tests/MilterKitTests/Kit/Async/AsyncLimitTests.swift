import Dispatch
import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import MilterSystem
import Testing

/// Timeouts and progress replies of callbacks that suspend.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct AsyncLimitTests {
  /// Returns a server with a filter that waits in one callback.
  private func server(
    waitingIn waiting: MilterCallback, _ room: WaitingRoom, _ journal: Journal? = nil,
    configure: (inout MilterConfiguration) -> Void,
    first: @escaping @Sendable (AsyncScriptedFilter) throws -> Void = { _ in },
    last: @escaping @Sendable (AsyncScriptedFilter) throws -> Void = { _ in }
  ) throws -> TestServer {
    try TestServer(configure: configure) {
      AsyncScriptedFilter(journal) { filter, callback in
        guard callback == waiting else { return .continue }
        try first(filter)
        do {
          try await room.wait()
        } catch {
          journal?.note("\(callback) is canceled")
          try last(filter)
          throw error
        }
        try last(filter)
        return .continue
      }
    }
  }

  // MARK: Time limits

  @Test(arguments: [
    (MilterStatus.accept, FilterReply.accept), (.reject, .reject), (.discard, .discard),
    (.tempfail, .tempfail),
  ])
  func `A callback that exceeds its timeout is answered as the operator chose`(
    _ status: MilterStatus, _ reply: FilterReply
  ) throws {
    for step in AnsweredStep.all {
      let (room, journal) = (WaitingRoom(), Journal())
      let server = try server(
        waitingIn: step.callback, room, journal,
        configure: {
          $0.callbackTimeouts[step.callback] = .milliseconds(50)
          $0.callbackFallback = status
        },
        // This change is not sent before the timeout, so it is discarded.
        first: { if step.callback == .eom { try? $0.addheader("X-Early", "v") } })
      let mta = try server.connect()
      _ = try mta.ask(TestMTA.offer)
      for command in step.before {
        #expect(try mta.ask(command) == [.continue], "\(step.callback)")
      }
      #expect(try mta.ask(step.command) == [reply], "\(step.callback)")
      #expect(try mta.receive() == nil, "\(step.callback)")
      try server.finishLooking()
      server.server.stop()
      #expect(journal.all.contains("\(step.callback) is canceled"), "\(step.callback)")
      #expect(journal.all.last == "close", "\(step.callback)")
      #expect(
        server.log.all.contains { $0.contains("; \(status) is answered instead") },
        "\(step.callback)")
      #expect(server.server.statistics.answers[step.callback]?[status] == 1, "\(step.callback)")
      // An error that the callback throws after its cancellation does not count.
      #expect(server.server.statistics.errors[.callback] == nil, "\(step.callback)")
      #expect(!server.log.all.contains { $0.contains("threw") }, "\(step.callback)")
    }
  }

  @Test func `Half of the changes are not accepted`() throws {
    let room = WaitingRoom()
    let server = try server(
      waitingIn: .eom, room,
      configure: {
        $0.callbackFallback = .accept
        $0.callbackTimeouts[.eom] = .seconds(3600)
        $0.maxHeldChanges = 0
      },
      first: { try $0.replacebody([UInt8](repeating: 0x62, count: 3 * 65_535)) })
    let mta = try server.connect()
    try mta.greet()
    try mta.envelope()
    try mta.send(.endOfBody([]))
    for _ in 0..<2 { #expect(try mta.receive()?.code == .replacebody) }
    // Two of three chunks have been sent when the timeout expires.
    try server.look(after: .seconds(3600))
    #expect(try mta.receive() == .tempfail)
  }

  @Test(arguments: [MilterCallback.negotiate, .helo])
  func `If no answer is possible, the MTA sees the end`(_ callback: MilterCallback) throws {
    let journal = Journal()
    let server = try TestServer(configure: { $0.callbackTimeouts[callback] = .milliseconds(50) }) {
      AsyncScriptedFilter(journal) { filter, current in
        if current == .negotiate { filter.wanted.steps.insert(.nrHelo) }
        if current == callback { try await WaitingRoom().wait() }
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
    try wait(for: "the end") { journal.all.last == "close" }
    try server.finishLooking()
    server.server.stop()
    #expect(server.log.all.contains { $0.contains("; its connection is closed") })
    #expect(server.server.statistics.errors[.callback] == nil)
  }

  @Test func `Actions of a late callback throw and are not sent`() throws {
    let (room, journal) = (WaitingRoom(), Journal())
    let server = try server(
      waitingIn: .eom, room, journal,
      configure: { $0.callbackTimeouts[.eom] = .milliseconds(50) },
      last: { filter in
        let actions: [() throws -> Void] = [
          { try filter.addheader("X", "v") }, { try filter.replacebody("new") },
          { try filter.progress() }, { try filter.setreply("550") },
        ]
        for action in actions {
          do { try action() } catch {
            journal.note("\((error as? MilterError)?.code.description ?? "")")
          }
        }
      })
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.message() == [.tempfail])
    #expect(try mta.receive() == nil)
    server.server.stop()
    #expect(journal.all.filter { $0 == "timedOut" }.count == 4)
  }

  @Test func `A callback that suspends only after its timeout is also canceled`() throws {
    let (room, gate, journal) = (WaitingRoom(), DispatchSemaphore(value: 0), Journal())
    let server = try server(
      waitingIn: .helo, room, journal,
      configure: { $0.callbackTimeouts[.helo] = .milliseconds(50) },
      // The callback keeps its thread until the MTA has its reply.
      first: { _ in gate.wait() })
    let mta = try server.connect()
    _ = try mta.ask(TestMTA.offer)
    #expect(try mta.ask(.helo(bytes("x"))) == [.tempfail])
    gate.signal()
    #expect(try mta.receive() == nil)
    try wait(for: "the end") { journal.all.last == "close" }
    #expect(journal.all.suffix(2) == ["helo is canceled", "close"])
  }

  @Test(arguments: [MilterCallback.abort, .close])
  func `A callback for an end is canceled when its time is over`(_ callback: MilterCallback) throws
  {
    let (room, journal) = (WaitingRoom(), Journal())
    let server = try server(
      waitingIn: callback, room, journal,
      configure: { $0.callbackTimeouts[callback] = .milliseconds(50) })
    let mta = try server.connect()
    try mta.greet()
    _ = try mta.ask(.mail([bytes("<a@b>")]))
    try mta.send(.abort, .quit)
    #expect(try mta.receive() == nil)
    try wait(for: "the end") { journal.all.last == "close is canceled" || callback == .abort }
    try server.finishLooking()
    server.server.stop()
    #expect(journal.all.contains("\(callback) is canceled"))
    #expect(server.log.all.contains { $0.contains("\(callback) has not returned after ") })
    #expect(journal.all.filter { $0 == "close" }.count == 1)
  }

  // MARK: Progress replies

  @Test func `Every MTA gets progress replies while eom is suspended`() throws {
    let room = WaitingRoom()
    let server = try server(
      waitingIn: .eom, room, configure: { $0.keepalive = .milliseconds(10) },
      first: { try $0.addheader("X-First", "v") }, last: { try $0.addheader("X-Last", "v") })
    let mta = try server.connect()
    try mta.greet()
    try mta.send(.mail([bytes("<a@b>")]), .rcpt([bytes("<c@d>")]), .endOfBody([]))
    var replies: [FilterReply] = []
    var (signs, verdicts) = (0, 0)
    while verdicts < 3, let reply = try mta.receive() {
      if reply == .progress {
        signs += 1
        // The callback must be suspended, without a thread, before it may continue.
        if signs == 3 {
          try wait(for: "a suspended callback") { room.waitingCount == 1 }
          room.open()
        }
      } else {
        replies.append(reply)
        if reply == .continue { verdicts += 1 }
      }
    }
    #expect(signs >= 3)
    #expect(
      replies == [
        .continue, .continue, .addheader(name: bytes("X-First"), value: bytes("v")),
        .addheader(name: bytes("X-Last"), value: bytes("v")), .continue,
      ])
  }

  @Test(arguments: AnsweredStep.all)
  func `Postfix gets them in every step`(_ step: AnsweredStep) throws {
    let room = WaitingRoom()
    let server = try server(
      waitingIn: step.callback, room, configure: { $0.keepalive = .milliseconds(10) })
    let mta = try server.connect()
    _ = try mta.ask(TestMTA.offer)
    try mta.send(.macro(UInt8(ascii: "C"), [MilterMacro("v", "Postfix 3.7.11")]))
    for command in step.before {
      #expect(try mta.ask(command).filter { $0 != .progress } == [.continue])
    }
    try mta.send(step.command)
    for _ in 0..<3 { #expect(try mta.receive() == .progress) }
    room.open()
    var reply = try mta.receive()
    while reply == .progress { reply = try mta.receive() }
    #expect(reply == .continue)
  }

  @Test func `A new body that is being sent continues piece by piece`() throws {
    let room = WaitingRoom()
    let body = (0..<500_000).map { UInt8(truncatingIfNeeded: $0 % 251) }
    let server = try server(
      waitingIn: .eom, room,
      configure: {
        $0.keepalive = .milliseconds(10)
        $0.maxHeldChanges = 100_000
      },
      first: { try $0.replacebody(body[..<300_000]) },
      last: { try $0.replacebody(body[300_000...]) })
    let mta = try server.connect()
    try mta.greet()
    try mta.send(.mail([bytes("<a@b>")]), .rcpt([bytes("<c@d>")]), .endOfBody([]))
    for _ in 0..<2 { #expect(try mta.receive() == .continue) }
    var (received, pieces): ([UInt8], Int) = ([], 0)
    var reply = try mta.receive()
    while let next = reply, next == .progress || next.code == .replacebody {
      if case .replacebody(let chunk) = next {
        received += chunk
        if chunk.count == 1 { pieces += 1 }
        if pieces == 5 { room.open() }
      }
      reply = try mta.receive()
    }
    #expect(pieces >= 5)
    let isWhole = received == body
    #expect(isWhole, "\(received.count) bytes")
    #expect(reply == .continue)
  }
}
