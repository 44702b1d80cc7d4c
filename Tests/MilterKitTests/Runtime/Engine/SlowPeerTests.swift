import Dispatch
import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterSystem
import MilterProcessFixtures
import Testing

/// Peers that read no replies, send a command byte by byte, or close their side of the connection.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct SlowPeerTests {
  private let directory: ScratchDirectory
  /// A Unix socket, whose buffer replies soon fill.
  private let spec: String

  init() throws {
    directory = try ScratchDirectory()
    spec = "unix:\(directory.path)/s"
  }

  private static let body = [UInt8](repeating: 0x62, count: 100_000)

  /// Returns a filter that replaces the body of every message with a large one.
  private static func largeAnswers(_ journal: Journal? = nil) -> Milter {
    ScriptedFilter(journal) { filter, callback in
      if callback == .eom { try filter.replacebody(body) }
      return .continue
    }
  }

  /// Returns an MTA that has sent many messages and read no replies.
  private func stuck(_ server: TestServer, then last: MTACommand? = nil) throws -> TestMTA {
    let mta = try server.connect()
    try mta.greet()
    try mta.send(bytes: Self.burst + (last?.bytes ?? []))
    return mta
  }

  private static let burst = repeatElement(message.flatMap(\.bytes), count: messages).flatMap { $0 }

  private static let messages = 30
  private static let message: [MTACommand] = [
    .mail([bytes("<a@b>")]), .rcpt([bytes("<c@d>")]), .endOfBody([]),
  ]
  private static let replies: [FilterReply] = [
    .continue, .continue, .replacebody(Array(body[..<65_535])),
    .replacebody(Array(body[65_535...])), .continue,
  ]

  /// Returns whether the MTA reads every reply completely and in order.
  private func takesAll(_ mta: TestMTA, butFirst taken: Int = 0) throws -> Bool {
    let all = repeatElement(Self.replies, count: Self.messages).joined()
    return try all.dropFirst(taken).allSatisfy { try mta.receive() == $0 }
  }

  @Test func `An MTA that reads no replies costs no thread and loses none`() throws {
    // The server has one thread: a connection that held it would block the others.
    let server = try TestServer([spec], configure: { $0.maxThreads = 1 }) { Self.largeAnswers() }
    let blocked = try (0..<3).map { _ in try stuck(server) }
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.message().last == .continue)
    for mta in blocked { #expect(try takesAll(mta)) }
    #expect(try mta.message().last == .continue)
  }

  @Test func `Replies that are not read in time end the connection`() throws {
    let closed = DispatchSemaphore(value: 0)
    let server = try TestServer([spec], configure: { $0.timeout = .seconds(2) }) {
      ScriptedFilter { filter, callback in
        if callback == .eom { try filter.replacebody(Self.body) }
        if callback == .close { closed.signal() }
        return .continue
      }
    }
    // The MTA sends all its commands in time, but does not read the replies.
    let mta = try server.connect(
      saying: TestMTA.offer.bytes + Self.burst, over: "unix:\(directory.path)/mta")
    try closed.wait(for: "close")
    var taken = 0
    do {
      while try mta.receive() != nil { taken += 1 }
    } catch let error as SocketError where error.code == .disconnected {
      // The server closes the connection with unread commands, so the MTA may see a reset.
    }
    #expect(taken > 0)
    #expect(taken < Self.messages * Self.replies.count)
    #expect(server.log.all.contains { $0.contains("no replies were read for 2.0 seconds") })
  }

  @Test func `The last replies are sent before a connection ends`() throws {
    let server = try TestServer([spec]) { Self.largeAnswers() }
    let mta = try stuck(server, then: .quit)
    #expect(try takesAll(mta))
    #expect(try mta.receive() == nil)
  }

  @Test func `A stop waits until the replies are read`() throws {
    let journal = Journal()
    let server = try TestServer([spec]) { Self.largeAnswers(journal) }
    let mta = try stuck(server)
    // When the first reply arrives, the server has read all commands.
    #expect(try mta.receive() == .continue)
    let left = server.stopping()
    #expect(try takesAll(mta, butFirst: 1))
    #expect(try mta.receive() == nil)
    #expect(try left() == 0)
    #expect(journal.all.last == "close")
  }

  @Test func `A peer that sends byte by byte is disconnected at its deadline`() throws {
    let server = try TestServer(configure: {
      $0.timeout = .milliseconds(200)
      $0.maxThreads = 1
    }) { ScriptedFilter() }
    let drip = try server.connect()
    try drip.send(bytes: [0, 0, 0xFF, 0xFF])
    var isGone = false
    while !isGone {
      // The peer sends a byte every 20 milliseconds until the server closes the connection.
      if (try? drip.send(bytes: [0x42])) == nil { break }
      isGone = try Poll.wait(drip.socket.descriptor, .readable, milliseconds: 20) != []
    }
    server.server.stop()
    #expect(server.log.all.contains { $0.contains("no command came for 0.2 seconds") })
  }

  @Test func `A half-closed connection is closed, even in the middle of a command`() throws {
    let journal = Journal()
    let server = try TestServer { ScriptedFilter(journal) }
    let mta = try server.connect()
    try mta.greet()
    _ = try mta.ask(.mail([bytes("<a@b>")]))
    try mta.send(bytes: [0, 0, 0xFF, 0xFF, 0x42, 1, 2, 3])
    try mta.socket.shutdown(.writing)
    #expect(try mta.receive() == nil)
    server.server.stop()
    #expect(journal.all.suffix(3) == ["envfrom <a@b>", "abort", "close"])
  }

  @Test(arguments: [false, true])
  func `A burst of short commands with long replies is processed only as fast as the MTA reads`(
    isAsync: Bool
  ) throws {
    let journal = Journal()
    let lines = [String](repeating: String(repeating: "x", count: 900), count: 32)
    @Sendable func answer(_ filter: MilterBase, _ callback: MilterCallback) throws -> MilterStatus {
      guard callback == .envrcpt else { return .continue }
      try filter.setmlreply("550", "5.1.1", lines)
      return .reject
    }
    let server = try TestServer([spec]) { () -> MilterBase in
      isAsync
        ? AsyncScriptedFilter(journal) { try answer($0, $1) }
        : ScriptedFilter(journal) { try answer($0, $1) }
    }
    let mta = try server.connect()
    try mta.greet()
    _ = try mta.ask(.mail([bytes("<a@b>")]))
    var writer = ByteWriter()
    for _ in 0..<1000 { MTACommand.rcpt([bytes("<c@d>")]).write(to: &writer) }
    try mta.send(bytes: writer.bytes)
    // When the first reply arrives, the server has stopped processing, or soon will.
    var reply = try mta.receive()
    #expect(reply?.code == .replycode)
    let worked = journal.all.count { $0.hasPrefix("envrcpt") }
    #expect(worked < 100, "256 KiB in the socket, and as much in the server")
    for _ in 1..<1000 { reply = try mta.receive() }
    #expect(reply?.code == .replycode)
    #expect(journal.all.count { $0.hasPrefix("envrcpt") } == 1000)
  }
}
