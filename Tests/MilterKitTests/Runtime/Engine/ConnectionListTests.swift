import Dispatch
import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterPlatform
import MilterProcessFixtures
import Testing

/// The list of connections and their activities in the log.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct ConnectionListTests {
  /// Returns the lines of a list in the log, without the parts that differ in each run.
  private static func list(_ server: TestServer) -> [String] {
    let before = server.log.all.count
    server.server.logConnections()
    return server.log.all.dropFirst(before).map { line in
      line.replacing(/for \d+\.\d s/, with: "for T s")
        .replacing(/\d+ of at most 4096 threads, \d+ free/, with: "N of at most 4096 threads")
    }
  }

  /// Requests the list until it is as expected, because a connection becomes idle after a moment.
  private static func expect(_ lines: [String], _ server: TestServer) throws {
    let prefixed = lines.map { "notice: " + $0 }
    var last = list(server)
    _ = try? wait(for: "the list") {
      last = list(server)
      return last == prefixed
    }
    #expect(last == prefixed)
  }

  @Test func `Clients, queue IDs, callbacks and waiting bytes are listed`() throws {
    let (entered, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let server = try TestServer {
      ScriptedFilter { _, callback in
        guard callback == .eom else { return .continue }
        entered.signal()
        gate.wait()
        return .accept
      }
    }
    let silent = try server.connect()
    let greeted = try server.connect()
    try greeted.greet()
    let inMessage = try server.connectInMessage()
    let blocked = try server.connectInMessage()
    try blocked.send(.endOfBody([]))
    try entered.wait(for: "the callback")
    try blocked.send(bytes: [0, 0, 0])
    try Self.expect(
      [
        "4 connections: 1 on threads, 0 waiting for one, 0 suspended, 3 waiting for the MTA; "
          + "N of at most 4096 threads",
        "#1: waiting for the MTA for T s",
        "#2, mx [192.0.2.7:25]: waiting for the MTA for T s",
        "#3, mx [192.0.2.7:25], 4AbC: waiting for the MTA in a message for T s",
        "#4, mx [192.0.2.7:25], 4AbC: in eom for T s, 3 bytes waiting",
      ], server)
    gate.signal()
    #expect(try blocked.receive() == .accept)
    withExtendedLifetime((silent, greeted, inMessage)) {}
  }

  @Test func `A callback that is suspended is listed`() throws {
    let room = WaitingRoom()
    let server = try TestServer {
      AsyncScriptedFilter { _, callback in
        if callback == .envrcpt { try await room.wait() }
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    try mta.send(.mail([bytes("<a@b>")]), .rcpt([bytes("<c@d>")]))
    #expect(try mta.receive() == .continue)
    try wait(for: "a suspended callback") { room.waitingCount == 1 }
    try Self.expect(
      [
        "1 connections: 0 on threads, 0 waiting for one, 1 suspended, 0 waiting for the MTA; "
          + "N of at most 4096 threads",
        "#1, mx [192.0.2.7:25]: envrcpt suspended for T s",
      ], server)
    room.open()
    #expect(try mta.receive() == .continue)
  }

  @Test(arguments: [MilterCallback.negotiate, .abort, .close], [false, true])
  func `Callbacks that are not answered are listed as well`(
    _ listed: MilterCallback, isAsync: Bool
  ) throws {
    let (entered, gate, room) = (
      DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), WaitingRoom()
    )
    let server = try TestServer {
      guard isAsync else {
        return ScriptedFilter { _, callback in
          guard callback == listed else { return .continue }
          entered.signal()
          gate.wait()
          return .continue
        }
      }
      return AsyncScriptedFilter { _, callback in
        guard callback == listed else { return .continue }
        entered.signal()
        try await room.wait()
        return .continue
      }
    }
    let mta = try server.connect()
    if listed == .negotiate {
      try mta.send(TestMTA.offer)
    } else {
      try mta.greet()
      if listed == .abort { #expect(try mta.ask(.mail([bytes("<a@b>")])) == [.continue]) }
      try mta.send(listed == .abort ? .abort : .quit)
    }
    try entered.wait(for: "the callback")
    let client = listed == .negotiate ? "" : ", mx [192.0.2.7:25]"
    try Self.expect(
      isAsync
        ? [
          "1 connections: 0 on threads, 0 waiting for one, 1 suspended, 0 waiting for the MTA; "
            + "N of at most 4096 threads", "#1\(client): \(listed) suspended for T s",
        ]
        : [
          "1 connections: 1 on threads, 0 waiting for one, 0 suspended, 0 waiting for the MTA; "
            + "N of at most 4096 threads", "#1\(client): in \(listed) for T s",
        ], server)
    gate.signal()
    room.open()
    if listed == .negotiate { #expect(try mta.receive()?.code == .negotiate) }
  }

  @Test func `A list has at most a hundred connections, the oldest first`() throws {
    let server = try TestServer { ScriptedFilter() }
    let clients = try (0..<103).map { _ in try server.connect() }
    for client in clients { try client.greet() }
    let list = Self.list(server)
    #expect(list.count == 102)
    #expect(list.first?.hasPrefix("notice: 103 connections: ") ?? false)
    #expect(list.dropFirst().first?.hasPrefix("notice: #1, mx") ?? false)
    #expect(list.dropLast().last?.hasPrefix("notice: #100, mx") ?? false)
    #expect(list.last == "notice: and 3 more connections")
    withExtendedLifetime(clients) {}
  }

  @Test func `SIGUSR1 lists the connections, and the filter continues`() throws {
    let process = try OperatedProcess(["--socket", "inet:0@127.0.0.1"])
    let mta = try TestMTA(try process.address())
    try mta.greet()
    process.signal(SIGUSR1)
    _ = try process.log.line { $0.contains("1 connections: ") }
    _ = try process.log.line { $0.contains("#1, mx [192.0.2.7:25]: ") }
    #expect(try mta.message().last == .accept)
    try process.stop()
  }
}
