import Dispatch
import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import MilterSystem
import Testing

/// Progress replies that are sent while a callback runs.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct KeepaliveTests {
  /// Returns a server with a filter whose one callback returns when the test permits it.
  private func server(
    waitingIn waiting: MilterCallback, _ gate: DispatchSemaphore,
    wanted: MilterProtocolFlags = [], mostHeld: Int = 4 << 20,
    first: @escaping @Sendable (ScriptedFilter) throws -> Void = { _ in },
    last: @escaping @Sendable (ScriptedFilter) throws -> Void = { _ in }
  ) throws -> TestServer {
    try TestServer(configure: {
      $0.keepalive = .milliseconds(10)
      $0.maxHeldChanges = mostHeld
    }) {
      ScriptedFilter { filter, callback in
        if callback == .negotiate { filter.wanted.steps.formUnion(wanted) }
        guard callback == waiting else { return .continue }
        try first(filter)
        gate.wait()
        try last(filter)
        return .continue
      }
    }
  }

  /// Returns an MTA that has sent all commands before the end of a message.
  private func inMessage(_ server: TestServer, version: String = "8.17.1") throws -> TestMTA {
    let mta = try server.connect()
    _ = try mta.ask(TestMTA.offer)
    try mta.send(.macro(UInt8(ascii: "C"), [MilterMacro("v", version)]))
    for command in [
      MTACommand.connect(host: bytes("mx"), address: nil), .mail([bytes("<a@b>")]),
      .rcpt([bytes("<c@d>")]),
    ] {
      // On a busy machine, these commands may also get progress replies.
      #expect(try mta.ask(command).filter { $0 != .progress } == [.continue])
    }
    return mta
  }

  /// Waits for some progress intervals, which a second server counts.
  private func passTime(_ server: TestServer) throws {
    let gate = DispatchSemaphore(value: 0)
    let clock = try self.server(waitingIn: .eom, gate)
    let mta = try inMessage(clock)
    try mta.send(.endOfBody([]))
    for _ in 0..<5 { #expect(try mta.receive() == .progress) }
    gate.signal()
  }

  /// Returns the first reply other than progress; on a slow machine, progress replies may come
  /// first.
  private func firstAction(_ mta: TestMTA) throws -> FilterReply? {
    while let reply = try mta.receive() {
      if reply != .progress { return reply }
    }
    return nil
  }

  @Test func `Every MTA gets progress replies in eom`() throws {
    let gate = DispatchSemaphore(value: 0)
    let server = try server(
      waitingIn: .eom, gate, first: { try $0.addheader("X-First", "v") },
      last: { try $0.addheader("X-Last", "v") })
    let mta = try inMessage(server)
    try mta.send(.endOfBody([]))
    for _ in 0..<3 { #expect(try mta.receive() == .progress) }
    gate.signal()
    var rest: [FilterReply] = []
    while rest.last != .continue, let reply = try mta.receive() { rest.append(reply) }
    #expect(
      rest.filter { $0 != .progress } == [
        .addheader(name: bytes("X-First"), value: bytes("v")),
        .addheader(name: bytes("X-Last"), value: bytes("v")), .continue,
      ])
  }

  @Test(arguments: [MilterCallback.envfrom, .envrcpt, .data, .header, .body])
  func `Before eom only Postfix gets progress replies`(_ callback: MilterCallback) throws {
    let command: [MilterCallback: MTACommand] = [
      .envfrom: .mail([bytes("<a@b>")]), .envrcpt: .rcpt([bytes("<c@d>")]), .data: .data,
      .header: .header(name: bytes("A"), value: bytes("b")), .body: .body([0x61]),
    ]
    for version in ["Postfix 3.7.11", "8.17.1"] {
      let gate = DispatchSemaphore(value: 0)
      let server = try server(waitingIn: callback, gate)
      let mta = try server.connect()
      _ = try mta.ask(TestMTA.offer)
      try mta.send(.macro(UInt8(ascii: "C"), [MilterMacro("v", version)]))
      _ = try mta.ask(.connect(host: bytes("mx"), address: nil))
      let before: [MTACommand] =
        switch callback {
        case .envfrom: []
        case .envrcpt: [.mail([bytes("<a@b>")])]
        default: [.mail([bytes("<a@b>")]), .rcpt([bytes("<c@d>")])]
        }
      let isPostfix = version.hasPrefix("Postfix")
      for before in before {
        // On a busy machine, these commands may also get progress replies.
        let replies = try mta.ask(before).filter { !isPostfix || $0 != .progress }
        #expect(replies == [.continue], "\(version)")
      }
      try mta.send(try #require(command[callback], "\(version)"))
      if isPostfix {
        for _ in 0..<3 { #expect(try mta.receive() == .progress, "\(version)") }
        gate.signal()
      } else {
        try passTime(server)
        gate.signal()
        #expect(try mta.receive() == .continue, "\(version)")
      }
    }
  }

  @Test func `A step without reply gets no progress reply`() throws {
    let gate = DispatchSemaphore(value: 0)
    let server = try server(waitingIn: .header, gate, wanted: .nrHdr)
    let mta = try inMessage(server, version: "Postfix 3.7.11")
    try mta.send(.header(name: bytes("A"), value: bytes("b")))
    try passTime(server)
    #expect(try Poll.wait(mta.socket.descriptor, .readable, milliseconds: 0) == [])
    gate.signal()
    #expect(try mta.ask(.eoh).filter { $0 != .progress } == [.continue])
  }

  @Test func `Progress replies come before a body that is held`() throws {
    let gate = DispatchSemaphore(value: 0)
    let piece = [UInt8](repeating: 0x62, count: 65_535)
    let server = try server(
      waitingIn: .eom, gate, first: { try $0.replacebody(piece) },
      last: { try $0.replacebody(piece) })
    let mta = try inMessage(server)
    try mta.send(.endOfBody([]))
    for _ in 0..<5 { #expect(try mta.receive() == .progress) }
    gate.signal()
    #expect(try firstAction(mta) == .replacebody(piece))
    #expect(try mta.receive() == .replacebody(piece))
    #expect(try mta.receive() == .continue)
  }

  @Test func `A body that is being sent continues piece by piece`() throws {
    let gate = DispatchSemaphore(value: 0)
    let body = (0..<500_000).map { UInt8(truncatingIfNeeded: $0 % 251) }
    let server = try server(
      waitingIn: .eom, gate, mostHeld: 100_000,
      first: { filter in
        try filter.replacebody(body[..<300_000])
        try filter.addheader("X-Late", "v")
      },
      last: { filter in
        try filter.progress()
        try filter.replacebody(body[300_000...])
      })
    let mta = try inMessage(server)
    try mta.send(.endOfBody([]))
    var (received, pieces): ([UInt8], Int) = ([], 0)
    var reply = try firstAction(mta)
    while case .replacebody(let chunk)? = reply {
      received += chunk
      if chunk.count == 1 { pieces += 1 }
      if pieces == 5 { break }
      reply = try mta.receive()
    }
    #expect(received.count < 300_000)
    gate.signal()
    reply = try mta.receive()
    while case .replacebody(let chunk)? = reply {
      received += chunk
      reply = try mta.receive()
    }
    let isWhole = received == body
    #expect(isWhole, "\(received.count) bytes")
    #expect(reply == .addheader(name: bytes("X-Late"), value: bytes("v")))
    #expect(try mta.receive() == .continue)
  }

  @Test func `A progress reply never comes into the middle of a reply`() throws {
    // The MTA reads nothing, so that only a part of a large reply is sent when a progress reply
    // is due.
    let directory = try ScratchDirectory()
    let gate = DispatchSemaphore(value: 0)
    let size = 250_000
    let server = try TestServer(
      ["unix:\(directory.path)/s"],
      configure: {
        $0.keepalive = .milliseconds(10)
        $0.maxHeldChanges = 0
      }
    ) {
      ScriptedFilter { filter, callback in
        guard callback == .eom else { return .continue }
        for _ in 0..<2 { try filter.replacebody([UInt8](repeating: 0x62, count: size)) }
        gate.wait()
        return .continue
      }
    }
    let mta = try inMessage(server)
    try mta.send(.endOfBody([]))
    try passTime(server)
    gate.signal()
    var total = 0
    var reply = try firstAction(mta)
    while case .replacebody(let chunk)? = reply {
      #expect(chunk.allSatisfy { $0 == 0x62 })
      total += chunk.count
      reply = try mta.receive()
    }
    #expect(total == 2 * size)
  }
}
