import Dispatch
import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterSystem
import MilterProcessFixtures
import Synchronization
import Testing

@Suite(.ownThread, .timeLimit(.minutes(15))) struct ServerTests {
  @Test(arguments: ["inet:0@127.0.0.1", "inet6:0@::1", "unix"])
  func `A message is filtered over every kind of socket`(_ kind: String) throws {
    let directory = try ScratchDirectory()
    let spec = kind == "unix" ? "unix:\(directory.path)/s" : kind
    let journal = Journal()
    let server = try TestServer([spec]) {
      ScriptedFilter(journal) { filter, callback in
        if callback == .eom { try filter.addheader("X-Seen", "yes") }
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    #expect(
      try mta.message() == [.addheader(name: bytes("X-Seen"), value: bytes("yes")), .continue])
    try mta.quit()
    server.server.stop()
    #expect(
      journal.all == [
        "negotiate", "connect mx 192.0.2.7:25", "helo client", "envfrom <a@b>", "envrcpt <c@d>",
        "data", "header Subject hi", "eoh", "body 7", "eom", "close",
      ])
  }

  @Test func `A server listens on several sockets`() throws {
    let directory = try ScratchDirectory()
    let server = try TestServer(["inet:0@127.0.0.1", "unix:\(directory.path)/s"]) {
      ScriptedFilter()
    }
    #expect(server.server.addresses.count == 2)
    for spec in server.server.addresses {
      let mta = try TestMTA(spec)
      try mta.greet()
      #expect(try mta.message() == [.continue], "\(spec)")
    }
  }

  @Test func `A filter is sent only what it overrides`() throws {
    final class OnlyRcpt: Milter {
      override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status { .reject }
    }
    let server = try TestServer { OnlyRcpt() }
    let mta = try server.connect()
    let replies = try mta.ask(TestMTA.offer)
    let steps = MilterProtocolFlags.allNo.subtracting(.norcpt).union(.skip)
    #expect(replies == [.negotiate(.init(options: .init(actions: .all, steps: steps)))])
    // An MTA that still sends the other steps gets replies.
    #expect(try mta.ask(.helo(bytes("x"))) == [.continue])
    #expect(try mta.ask(.mail([bytes("<a@b>")])) == [.continue])
    #expect(try mta.ask(.rcpt([bytes("<c@d>")])) == [.reject])
  }

  @Test func `One instance lives as long as one connection`() throws {
    let made = Counter()
    let server = try TestServer {
      made.add()
      return ScriptedFilter()
    }
    let first = try server.connect()
    let second = try server.connect()
    for mta in [first, second] {
      try mta.greet()
      for _ in 0..<3 { #expect(try mta.message() == [.continue]) }
    }
    #expect(made.value == 2)
  }

  @Test func `A callback that blocks delays no other connection`() throws {
    let gate = DispatchSemaphore(value: 0)
    let server = try TestServer {
      ScriptedFilter { filter, callback in
        if callback == .helo, filter.arguments == ["blocked"] { gate.wait() }
        return .continue
      }
    }
    var blocked: [TestMTA] = []
    for _ in 0..<40 {
      let mta = try server.connect()
      _ = try mta.ask(TestMTA.offer)
      _ = try mta.ask(.connect(host: bytes("mx"), address: nil))
      try mta.send(.helo(bytes("blocked")))
      blocked.append(mta)
    }
    for _ in 0..<5 {
      let mta = try server.connect()
      try mta.greet()
      #expect(try mta.message() == [.continue])
    }
    for _ in blocked { gate.signal() }
    for mta in blocked { #expect(try mta.receive() == .continue) }
  }

  @Test func `Callbacks of one connection never overlap, however its bytes arrive`() throws {
    let inside = Counter()
    let overlaps = Counter()
    let server = try TestServer(configure: { $0.linger = .milliseconds(1) }) {
      ScriptedFilter { _, _ in
        if inside.add() != 1 { overlaps.add() }
        inside.subtract()
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    for _ in 0..<20 {
      for byte in MTACommand.helo(bytes("drip")).bytes { try mta.send(bytes: [byte]) }
      #expect(try mta.receive() == .continue)
      // Several commands come in one write.
      try mta.send(.helo(bytes("x")), .helo(bytes("y")), .helo(bytes("z")))
      for _ in 0..<3 { #expect(try mta.receive() == .continue) }
    }
    #expect(overlaps.value == 0)
  }

  @Test func `More connections than threads are served in turn`() throws {
    let server = try TestServer(configure: { $0.maxThreads = 2 }) { ScriptedFilter() }
    let mtas = try (0..<20).map { _ in try server.connect() }
    for mta in mtas { try mta.greet() }
    for mta in mtas { #expect(try mta.message() == [.continue]) }
  }

  @Test func `Idle connections hold no thread and continue later`() throws {
    let server = try TestServer(configure: { $0.maxThreads = 1 }) { ScriptedFilter() }
    let idle = try (0..<5).map { _ in try server.connect() }
    for mta in idle { try mta.greet() }
    // The server has one thread. Each message is served because idle connections release it.
    for _ in 0..<3 {
      for mta in idle { #expect(try mta.message() == [.continue]) }
    }
  }

  @Test func `Beyond the connection limit others wait until one ends`() throws {
    let server = try TestServer(configure: { $0.maxConnections = 1 }) { ScriptedFilter() }
    let first = try server.connect()
    try first.greet()
    let second = try server.connect()
    try second.send(TestMTA.offer)
    #expect(try Poll.wait(second.socket.descriptor, .readable, milliseconds: 50) == [])
    try first.send(.quit)
    #expect(try second.receive()?.code == .negotiate)
  }

  @Test func `Bad bytes close only their own connection`() throws {
    let journal = Journal()
    let server = try TestServer { ScriptedFilter(journal) }
    let good = try server.connect()
    try good.greet()
    let bad = try server.connect()
    try bad.send(bytes: bytes("EHLO scanner\r\n"))
    #expect(try bad.receive() == nil)
    #expect(try good.message() == [.continue])
    server.server.stop()
    #expect(server.log.all.contains { $0.contains("frame length 1162366031 is not between") })
  }

  @Test func `An MTA that disconnects during a message causes abort and close`() throws {
    let journal = Journal()
    let closed = DispatchSemaphore(value: 0)
    let server = try TestServer {
      ScriptedFilter(journal) { _, callback in
        if callback == .close { closed.signal() }
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    _ = try mta.ask(.mail([bytes("<a@b>")]))
    try mta.socket.shutdown(.writing)
    try closed.wait(for: "close")
    #expect(journal.all.suffix(3) == ["envfrom <a@b>", "abort", "close"])
    #expect(try mta.receive() == nil)
  }

  @Test func `A port probe creates no filter`() throws {
    let made = Counter()
    let server = try TestServer {
      made.add()
      return ScriptedFilter()
    }
    try server.connect().socket.shutdown()
    let mta = try server.connect()
    try mta.greet()
    #expect(made.value == 1)
    #expect(server.complaints == [])
  }

  @Test func `A silent connection is closed when its timeout expires`() throws {
    let journal = Journal()
    let server = try TestServer(configure: { $0.timeout = .milliseconds(100) }) {
      ScriptedFilter(journal)
    }
    let silent = try server.connect()
    #expect(try silent.receive() == nil)
    let halfway = try server.connect(saying: TestMTA.offer.bytes + [0, 0])
    #expect(try halfway.receive()?.code == .negotiate)
    #expect(try halfway.receive() == nil)
    #expect(server.log.all.contains { $0.contains("no command came for 0.1 seconds") })
  }

  @Test func `A server that no client could reach is refused`() {
    #expect(throws: MilterError(.invalidArgument, "")) {
      try MilterServer(sockets: []) { ScriptedFilter() }
    }
    var configuration = MilterConfiguration()
    configuration.maxConnections = 0
    #expect(throws: MilterError(.invalidArgument, "")) {
      try MilterServer(sockets: ["inet:0"], configuration: configuration) { ScriptedFilter() }
    }
  }

  @Test func `A wrong socket spec is refused with the reason`() {
    #expect {
      _ = try MilterServer(sockets: ["inet:x y@host"]) { ScriptedFilter() }
    } throws: { "\($0)".contains("inet:x y@host") }
  }

  @Test func `A server without references continues to serve`() throws {
    // `start` may be a program's last use of its server.
    func started() throws -> String {
      let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { ScriptedFilter() }
      try server.start()
      return try #require(server.addresses.first)
    }
    let mta = try TestMTA(try started())
    try mta.greet()
    #expect(try mta.message() == [.continue])
  }

  @Test func `Nothing follows a reply that went out in part`() throws {
    let drained = DispatchSemaphore(value: 0)
    let failed = DispatchSemaphore(value: 0)
    let size = 32 << 20
    let server = try TestServer(configure: { $0.timeout = .milliseconds(100) }) {
      ScriptedFilter { filter, callback in
        guard callback == .eom else { return .continue }
        do {
          try filter.replacebody([UInt8](repeating: 0x62, count: size))
        } catch {
          // The filter ignores the error and returns a verdict once the socket has room again.
          failed.signal()
          try drained.wait(for: "the MTA")
        }
        return .accept
      }
    }
    let mta = try server.connect(
      saying: [
        TestMTA.offer, .helo(bytes("x")), .mail([bytes("<a@b>")]), .rcpt([bytes("<c@d>")]),
        .endOfBody([]),
      ].flatMap(\.bytes))
    try failed.wait(for: "the failure")
    var total = 0
    var isWhole = true
    while let reply = try mta.receive() {
      guard case .replacebody(let chunk) = reply else { continue }
      if !chunk.allSatisfy({ $0 == 0x62 }) { isWhole = false }
      if total < 1 << 20, total + chunk.count >= 1 << 20 { drained.signal() }
      total += chunk.count
    }
    #expect(isWhole)
    #expect(total < size)
    #expect(server.log.all.contains { $0.contains("closing a connection: cannot write") })
  }
}
