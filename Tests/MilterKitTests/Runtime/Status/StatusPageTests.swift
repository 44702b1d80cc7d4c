import Dispatch
import Foundation
import MilterCore
import MilterFilterFixtures
import MilterProcessFixtures
import MilterSystem
import Testing

@testable import MilterKit
@testable import MilterRuntime

/// The pages of a control socket, which show the activity of a running filter.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct StatusPageTests {
  private let directory: ScratchDirectory

  init() throws { directory = try ScratchDirectory() }

  private var control: String { "unix:\(directory.path)/control" }

  private func serve(
    configure: (inout MilterConfiguration) -> Void = { _ in },
    _ makeMilter: @escaping @Sendable () -> MilterBase
  ) throws -> TestServer {
    try TestServer(
      ["unix:\(directory.path)/s"],
      configure: {
        $0.control = MilterControlSocket(socket: control, filter: "watched")
        configure(&$0)
      }, makeMilter)
  }

  /// Requests a page until it is as expected, because a connection becomes idle after a moment.
  ///
  /// Times and the number of threads differ in each run.
  private func expect(_ expected: String, _ path: String = "/status") throws {
    func page() throws -> String {
      let response = try HTTPClient.get(path, of: control)
      #expect(response.status == 200)
      return response.body
        .replacing(/for \d+\.\d s/, with: "for T s")
        .replacing(/\d+ of at most (\d+) threads, \d+ free/) { "N of at most \($0.1) threads" }
        .replacing(/illiseconds":\d+/, with: "illiseconds\":T")
        .replacing(/"running":\d+,"free":\d+/, with: "\"running\":N,\"free\":N")
        .replacing("\(getpid())", with: "PID")
    }
    var last = try page()
    _ = try? wait(for: "the page") {
      last = try page()
      return last == expected
    }
    #expect(last == expected)
  }

  @Test func `Connections in all states are shown, as text and as JSON`() throws {
    let (entered, gate, room) = (
      DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), WaitingRoom()
    )
    let made = Counter()
    let body = [UInt8](repeating: 0x62, count: 100_000)
    let server = try serve {
      switch made.add() {
      case 3:
        return AsyncScriptedFilter { _, callback in
          if callback == .envrcpt { try await room.wait() }
          return .continue
        }
      case 4:
        return ScriptedFilter { filter, callback in
          if callback == .eom { try filter.replacebody(body) }
          return .continue
        }
      default:
        return ScriptedFilter { _, callback in
          guard callback == .eom else { return .continue }
          entered.signal()
          gate.wait()
          return .accept
        }
      }
    }
    let greeted = try server.connect()
    try greeted.greet()
    let inCallback = try server.connectInMessage()
    try inCallback.send(.endOfBody([]))
    try entered.wait(for: "the callback")
    try inCallback.send(bytes: [0, 0, 0])
    let suspended = try server.connect()
    try suspended.greet()
    try suspended.send(.mail([bytes("<a@b>")]), .rcpt([bytes("<c@d>")]))
    #expect(try suspended.receive() == .continue)
    try wait(for: "a suspended callback") { room.waitingCount == 1 }
    let deaf = try server.connect()
    try deaf.greet()
    let message: [MTACommand] = [
      .mail([bytes("<a@b>")]), .rcpt([bytes("<c@d>")]), .endOfBody([]),
    ]
    try deaf.send(
      bytes: repeatElement(message.flatMap(\.bytes), count: 30).flatMap { $0 })
    let silent = try server.connect()
    let inMessage = try server.connectInMessage()
    // The number of waiting bytes depends on how much the server has read, so the test asks for it.
    let waiting = try poll(for: "the one that takes no replies") {
      try #require(server.server.engine).currentConnections.first {
        $0.number == 4 && $0.place == .replies
      }?.status(at: 0).waiting
    }
    try expect(
      """
      watched, process PID: serving
      6 connections: 1 on threads, 0 waiting for one, 1 suspended, 4 waiting for the MTA; \
      N of at most 4096 threads
      #1, mx [192.0.2.7:25]: waiting for the MTA for T s
      #2, mx [192.0.2.7:25], 4AbC: in eom for T s, 3 bytes waiting
      #3, mx [192.0.2.7:25]: envrcpt suspended for T s
      #4, mx [192.0.2.7:25]: waiting for the MTA to read replies for T s\
      \(waiting > 0 ? ", \(waiting) bytes waiting" : "")
      #5: waiting for the MTA for T s
      #6, mx [192.0.2.7:25], 4AbC: waiting for the MTA in a message for T s

      """)
    func entry(
      _ number: Int, _ state: String, client: String = "mx [192.0.2.7:25]", id: String = "",
      callback: String = "null", bytes: Int = 0
    ) -> String {
      """
      {"connection":\(number),"client":"\(client)","queueID":"\(id)","state":"\(state)",\
      "callback":\(callback),"milliseconds":T,"ageMilliseconds":T,"bytesWaiting":\(bytes)}
      """
    }
    let entries = [
      entry(1, "idle"), entry(2, "thread", id: "4AbC", callback: "\"eom\"", bytes: 3),
      entry(3, "suspended", callback: "\"envrcpt\""), entry(4, "replies", bytes: waiting),
      entry(5, "idle", client: ""), entry(6, "message", id: "4AbC"),
    ]
    try expect(
      """
      {"filter":"watched","process":PID,"state":"serving","processes":[{"process":PID,\
      "state":"serving","answered":true,"connections":{"thread":1,"queue":0,"suspended":1,\
      "replies":1,"message":1,"idle":2},"connectionLimit":null,"full":false,"threads":\
      {"running":N,"free":N,"limit":4096,"waiting":0,"short":false}}],"connections":\
      [\(entries.joined(separator: ","))],"omitted":0}

      """, "/status.json")
    gate.signal()
    room.open()
    #expect(try inCallback.receive() == .accept)
    withExtendedLifetime((greeted, silent, inMessage, deaf)) {}
  }

  @Test func `It answers while all threads are busy and connections wait`() throws {
    let (entered, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let server = try serve(configure: {
      $0.maxThreads = 1
      $0.maxConnections = 2
    }) {
      ScriptedFilter { _, callback in
        guard callback == .eom else { return .continue }
        entered.signal()
        gate.wait()
        return .accept
      }
    }
    let blocked = try server.connectInMessage()
    try blocked.send(.endOfBody([]))
    try entered.wait(for: "the callback")
    let second = try server.connect()
    try second.send(TestMTA.offer)
    let third = try server.connect()
    let offer = TestMTA.offer.bytes.count
    try expect(
      """
      watched, process PID: serving
      2 connections: 1 on threads, 1 waiting for one, 0 suspended, 0 waiting for the MTA; \
      N of at most 1 threads; further connections wait, since at most 2 are allowed
      #1, mx [192.0.2.7:25], 4AbC: in eom for T s
      #2: waiting for a thread for T s, \(offer) bytes waiting

      """)
    gate.signal()
    #expect(try blocked.receive() == .accept)
    #expect(try second.receive()?.code == .negotiate)
    withExtendedLifetime(third) {}
  }

  @Test func `A list has at most two hundred connections, the oldest first`() throws {
    let server = try serve { ScriptedFilter() }
    let clients = try (0..<203).map { _ in try server.connect() }
    for client in clients { try client.send(TestMTA.offer) }
    for client in clients { #expect(try client.receive()?.code == .negotiate) }
    let lines = try HTTPClient.get("/status", of: control).body.split(separator: "\n")
    #expect(lines.count == 203)
    #expect(lines[1].hasPrefix("203 connections: "))
    for number in 1...200 { #expect(lines[number + 1].hasPrefix("#\(number): ")) }
    #expect(lines.last == "and 3 more connections")
    let json = try HTTPClient.get("/status.json", of: control).body
    #expect(json.hasSuffix("],\"omitted\":3}\n"))
    #expect(json.matches(of: /"connection":/).count == 200)
    withExtendedLifetime(clients) {}
  }

  @Test func `A client's name cannot imitate a line`() throws {
    let server = try serve { ScriptedFilter() }
    let mta = try server.connect()
    #expect(try mta.ask(TestMTA.offer).first?.code == .negotiate)
    let name = "a\n#2: \u{1B}[2J" + String(repeating: "x", count: 1000)
    #expect(try mta.ask(.connect(host: bytes(name), address: nil)) == [.continue])
    let lines = try HTTPClient.get("/status", of: control).body.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[2].hasPrefix(#"#1, a\n#2: \x1b[2Jxxx"#))
    #expect(lines[2].count < 350)
    let json = try HTTPClient.get("/status.json", of: control).body
    #expect(json.contains(#""client":"a\n#2: \u001b[2Jxxx"#))
    #expect(json.count < 1000)
  }

  @Test func `Clients that hang and do not read do not delay the answer to others`() throws {
    let server = try serve { ScriptedFilter() }
    let silent = try (0..<2 * PageListener.mostConnections).map { _ in try HTTPClient(control) }
    let deaf = try HTTPClient(control)
    try deaf.send("GET /status HTTP/1.1\r\n\r\n")
    let flooding = try HTTPClient(control)
    _ = try? flooding.send(String(repeating: "x", count: 1 << 20))
    for _ in 0..<20 { #expect(try HTTPClient.get("/status", of: control).status == 200) }
    for client in silent { #expect(try client.receive().isEmpty) }
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.message() == [.continue])
  }

  @Test(arguments: [
    ("GET /status HTTP/1.0\r\n\r\n", 200), ("HEAD /status.json HTTP/1.1\r\n\r\n", 200),
    ("GET / HTTP/1.1\r\n\r\n", 404), ("GET /metrics HTTP/1.1\r\n\r\n", 404),
    ("POST /status HTTP/1.1\r\n\r\n", 405), ("status\r\n\r\n", 400),
  ])
  func `Only its own pages exist`(_ request: String, _ status: Int) throws {
    let server = try serve { ScriptedFilter() }
    #expect(try HTTPClient.ask(request, of: control).status == status)
    withExtendedLifetime(server) {}
  }

  @Test func `The socket is private to its owner, and is removed with the server`() throws {
    let server = try serve(configure: { $0.socketMode = 0o666 }) { ScriptedFilter() }
    let file = directory.path + "/control"
    let attributes = try FileManager.default.attributesOfItem(atPath: file)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(server.server.controlAddress == control)
    server.server.stop()
    #expect(!FileManager.default.fileExists(atPath: file))
  }

  @Test(arguments: ["inet:0@127.0.0.1", "fd:0"])
  func `A socket that others can connect to is not a control socket`(socket: String) throws {
    var configuration = MilterConfiguration()
    configuration.control = MilterControlSocket(socket: socket, filter: "x")
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"], configuration: configuration) {
      ScriptedFilter()
    }
    #expect(throws: SocketError(.invalidSpec, "")) { try server.open() }
  }
}
