import Dispatch
import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import MilterSystem
import Testing

/// Filters whose callbacks suspend, behind a socket.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct AsyncMilterTests {
  /// The callbacks of a message, as a filter notes them.
  private static let message = [
    "envfrom <a@b>", "envrcpt <c@d>", "data", "header Subject hi", "eoh", "body 7", "eom",
    "messageEnded",
  ]

  @Test func `Callbacks that do not suspend are answered in their order`() throws {
    let journal = Journal()
    let server = try TestServer {
      AsyncScriptedFilter(journal) { filter, callback in
        if callback == .eom { try filter.addheader("X-Async", "yes") }
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    for _ in 0..<2 {
      #expect(
        try mta.message() == [
          .addheader(name: bytes("X-Async"), value: bytes("yes")), .continue,
        ])
    }
    try mta.quit()
    server.server.stop()
    #expect(Array(journal.all.dropFirst(3)) == Self.message + Self.message + ["close"])
    #expect(journal.all.first == "negotiate")
  }

  @Test(arguments: AnsweredStep.all)
  func `A callback that suspends is answered when it has ended`(_ step: AnsweredStep) throws {
    let (room, journal) = (WaitingRoom(), Journal())
    let server = try TestServer {
      AsyncScriptedFilter(journal) { filter, callback in
        guard callback == step.callback else { return .continue }
        try await room.wait()
        try filter.setreply("451", "4.7.0", "not now")
        return .tempfail
      }
    }
    let mta = try server.connect()
    _ = try mta.ask(TestMTA.offer)
    for command in step.before { #expect(try mta.ask(command) == [.continue]) }
    try mta.send(step.command)
    try wait(for: "suspended callbacks") { room.waitingCount == 1 }
    #expect(try Poll.wait(mta.socket.descriptor, .readable, milliseconds: 0) == [])
    room.open()
    #expect(try mta.receive() == .replycode(bytes("451 4.7.0 not now")))
    try mta.quit()
  }

  @Test(arguments: AnsweredStep.all)
  func `A hang-up cancels the callback, and abort and close come after it`(
    _ step: AnsweredStep
  ) throws {
    let (room, journal) = (WaitingRoom(), Journal())
    let server = try TestServer {
      AsyncScriptedFilter(journal) { filter, callback in
        guard callback == step.callback else { return .continue }
        do {
          try await room.wait()
        } catch {
          journal.note("\(callback) ends")
          throw error
        }
        return .continue
      }
    }
    do {
      let mta = try server.connect()
      _ = try mta.ask(TestMTA.offer)
      for command in step.before { #expect(try mta.ask(command) == [.continue]) }
      try mta.send(step.command)
      try wait(for: "suspended callbacks") { room.waitingCount == 1 }
      mta.socket.close()
    }
    try wait(for: "the end") { journal.all.last == "close" }
    let isInMessage = step.callback == .envfrom || step.before.contains { $0.code == .mail }
    var last = ["\(step.callback) ends"]
    if isInMessage, step.callback != .eom { last.append("abort") }
    if isInMessage { last.append("messageEnded") }
    last.append("close")
    let noted = Array(journal.all.suffix(last.count))
    #expect(noted == last)
    server.server.stop()
    #expect(server.complaints == [])
    #expect(server.server.statistics.errors[.callback] == nil)
    #expect(server.server.statistics.errors[.disconnected] == 1)
  }

  @Test func `An abort cancels a callback that has not answered`() throws {
    let (room, journal) = (WaitingRoom(), Journal())
    let server = try TestServer {
      AsyncScriptedFilter(journal) { filter, callback in
        if callback == .negotiate {
          filter.wanted.steps.formUnion([.nrHdr, .nrEoh])
          return .continue
        }
        if callback == .eoh { return .noreply }
        guard callback == .header else { return .continue }
        try await room.wait()
        return .noreply
      }
    }
    let mta = try server.connect()
    try mta.greet()
    try mta.envelope(.data)
    let header = MTACommand.header(name: bytes("Subject"), value: bytes("hi"))
    try mta.send(header)
    try wait(for: "suspended callbacks") { room.waitingCount == 1 }
    try mta.send(.eoh, .abort, .mail([bytes("<e@f>")]))
    #expect(try mta.receive() == .continue)
    #expect(
      journal.all.suffix(5) == [
        "header Subject hi", "eoh", "abort", "messageEnded", "envfrom <e@f>",
      ])
    #expect(!server.log.all.contains { $0.hasPrefix("error") })
  }

  @Test func `Commands that arrive during a suspended callback are executed in their order`() throws
  {
    let (room, journal) = (WaitingRoom(), Journal())
    let server = try TestServer {
      AsyncScriptedFilter(journal) { filter, callback in
        switch callback {
        case .negotiate:
          filter.wanted.steps.formUnion([.nrHdr, .nrBody])
          return .continue
        case .header:
          try await room.wait()
          return .noreply
        case .body: return .noreply
        default: return .continue
        }
      }
    }
    let mta = try server.connect()
    try mta.greet()
    try mta.envelope(.data)
    let headers = (0..<5).map { MTACommand.header(name: bytes("X-\($0)"), value: bytes("v")) }
    for header in headers { try mta.send(header) }
    try wait(for: "suspended callbacks") { room.waitingCount == 1 }
    room.open()
    #expect(try mta.ask(.eoh) == [.continue])
    #expect(journal.all.suffix(6) == (0..<5).map { "header X-\($0) v" } + ["eoh"])
  }

  @Test func `Body data that comes with the end goes to body, and then to eom`() throws {
    let journal = Journal()
    let server = try TestServer {
      AsyncScriptedFilter(journal) { filter, callback in
        await Task.yield()
        if callback == .eom { try filter.replacebody(filter.chunk + bytes("more")) }
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    try mta.envelope(.data, .eoh)
    #expect(
      try mta.ask(.endOfBody(bytes("body"))) == [.replacebody(bytes("bodymore")), .continue])
    #expect(journal.all.suffix(3) == ["body 4", "eom", "messageEnded"])
  }

  @Test func `An error that a callback throws is logged and answered with tempfail`() throws {
    let server = try TestServer {
      AsyncScriptedFilter { _, callback in
        guard callback == .envfrom else { return .continue }
        await Task.yield()
        // The callback was not canceled, so this is an error like any other.
        throw CancellationError()
      }
    }
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.ask(.mail([bytes("<a@b>")])) == [.tempfail])
    #expect(server.log.all.contains { $0.contains("envfrom threw, tempfail is answered") })
    #expect(server.server.statistics.errors[.callback] == 1)
  }

  @Test func `Abort and close may suspend`() throws {
    let journal = Journal()
    let server = try TestServer {
      AsyncScriptedFilter(journal) { _, callback in
        guard callback == .abort || callback == .close else { return .continue }
        await Task.yield()
        journal.note("\(callback) ends")
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    _ = try mta.ask(.mail([bytes("<a@b>")]))
    try mta.send(.abort)
    _ = try mta.ask(.mail([bytes("<a@b>")]))
    // The MTA's next client uses the same connection.
    try mta.send(.abort, .quitNewConnection)
    #expect(try mta.ask(.connect(host: bytes("mx"), address: nil)) == [.continue])
    _ = try mta.ask(.mail([bytes("<a@b>")]))
    mta.socket.close()
    try wait(for: "the end") {
      journal.all.last == "close ends" && journal.all.filter { $0 == "close" }.count == 2
    }
    let abort = ["abort", "abort ends", "messageEnded"]
    #expect(
      Array(journal.all.dropFirst(3)) == ["envfrom <a@b>"] + abort + ["envfrom <a@b>"] + abort
        + ["close", "close ends", "connect mx unknown", "envfrom <a@b>"] + abort
        + ["close", "close ends"])
  }

  @Test func `A stop waits for a suspended callback, and cancels it after the drain time`() throws {
    let (room, journal) = (WaitingRoom(), Journal())
    let server = try TestServer {
      AsyncScriptedFilter(journal) { _, callback in
        guard callback == .eom else { return .continue }
        try await room.wait()
        return .accept
      }
    }
    let (first, second) = (try server.connect(), try server.connect())
    for mta in [first, second] {
      try mta.greet()
      _ = try mta.ask(.mail([bytes("<a@b>")]))
      try mta.send(.rcpt([bytes("<c@d>")]), .endOfBody([]))
      #expect(try mta.receive() == .continue)
    }
    try wait(for: "suspended callbacks") { room.waitingCount == 2 }
    server.server.stop(drain: .zero)
    try wait(for: "both ends") { journal.all.filter { $0 == "close" }.count == 2 }
    #expect(try first.receive() == nil)
  }

  @Test func `The log of tasks that a callback starts names connection and message`() throws {
    let server = try TestServer {
      AsyncScriptedFilter { _, callback in
        guard callback == .eom else { return .continue }
        await Self.helper()
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    try mta.envelope()
    try mta.send(.macro(MTACommandCode.endOfBody.rawValue, [MilterMacro("i", "4dVw2x")]))
    _ = try mta.ask(.endOfBody([]))
    #expect(
      server.log.all.contains("notice: AsyncScriptedFilter #1: 4dVw2x: looked up"),
      "\(server.log.all)")
  }

  private static func helper() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await Task.yield()
        MilterLog.current.notice("looked up")
      }
    }
  }

  @Test func `Milter and AsyncMilter serve in one process`() throws {
    let servers = [
      try TestServer { AsyncScriptedFilter { _, _ in .continue } },
      try TestServer { ScriptedFilter { _, _ in .continue } },
    ]
    let replies = try servers.map { server in
      let mta = try server.connect()
      let options = try mta.greet()
      return options + (try mta.message())
    }
    #expect(replies[0] == replies[1])
  }
}
