import MilterFilterFixtures
import Foundation
import MilterCore
import MilterKit
import MilterRuntime
import MilterSystem
import MilterProcessFixtures
import Synchronization
import Testing

@Suite(.ownThread, .timeLimit(.minutes(15))) struct SignalTests {
  let directory: ScratchDirectory

  init() throws { directory = try ScratchDirectory() }

  /// Returns the operated filter's replies to a message.
  private func verdict(_ settings: String = "none") -> [FilterReply] {
    [.addheader(name: bytes("X-Settings"), value: bytes(settings)), .accept]
  }

  private func start(_ arguments: String..., environment: [String: String] = [:]) throws
    -> (process: OperatedProcess, address: String)
  {
    let process = try OperatedProcess(
      ["--socket", "inet:0@127.0.0.1"] + arguments, environment: environment)
    return (process, try process.address())
  }

  /// The steps of a message before its end.
  private static let steps: [MTACommand] = [
    .mail([bytes("<a@b>")]), .rcpt([bytes("<c@d>")]), .data,
    .header(name: bytes("Subject"), value: bytes("hi")), .eoh, .body(bytes("hello\r\n")),
  ]

  @Test func `At SIGTERM every message in progress gets its verdict, and the rest ends`() throws {
    let gate = Gate(in: directory)
    let (process, address) = try start("--drain", "3600", environment: ["GATE": gate.path])
    let idle = try TestMTA(address)
    try idle.greet()
    // Half of the messages are complete and held in eom. The others have reached the earlier steps.
    let busy = try (0..<50).map { _ in try TestMTA(address) }
    for mta in busy {
      try mta.greet()
      _ = try mta.ask(Self.steps[0])
    }
    for (index, mta) in busy.enumerated() {
      let isComplete = index % 2 == 0
      let count = isComplete ? Self.steps.count : index % Self.steps.count
      for step in Self.steps.dropFirst().prefix(max(0, count - 1)) { _ = try mta.ask(step) }
      if isComplete { try mta.send(.endOfBody([])) }
    }
    process.signal(SIGTERM)
    _ = try process.log.line { $0.contains("signal 15: stopping") }
    // While messages are held in eom, an idle connection ends, and new connections are refused.
    #expect(try idle.receive() == nil)
    #expect(throws: SocketError.self) { try TestMTA(address) }
    gate.open()
    for (index, mta) in busy.enumerated() where index % 2 == 1 {
      for step in Self.steps.dropFirst(max(1, index % Self.steps.count)) { _ = try mta.ask(step) }
      try mta.send(.endOfBody([]))
    }
    for mta in busy {
      #expect(try [mta.receive(), mta.receive()] == verdict())
      #expect(try mta.receive() == nil)
    }
    #expect(try process.waitForExit() == 0)
  }

  @Test(arguments: [SIGTERM, SIGINT]) func `A second signal ends at once`(second: Int32) throws {
    let gate = Gate(in: directory)
    let (process, address) = try start("--drain", "3600", environment: ["GATE": gate.path])
    let mta = try TestMTA(address)
    try mta.greet()
    for step in Self.steps.prefix(2) { _ = try mta.ask(step) }
    try mta.send(.endOfBody([]))
    _ = try process.log.line { $0 == "in eom" }
    process.signal(SIGTERM)
    _ = try process.log.line { $0.contains("signal 15: stopping") }
    process.signal(second)
    // The callback never returns, and the drain time is an hour.
    #expect(try process.waitForExit() == 0)
    #expect(try process.log.toEnd().contains { $0.contains("1 connections have callbacks that") })
  }

  @Test func `SIGINT disconnects messages`() throws {
    let (process, address) = try start("--drain", "3600")
    let mta = try TestMTA(address)
    try mta.greet()
    _ = try mta.ask(Self.steps[0])
    process.signal(SIGINT)
    #expect(try mta.receive() == nil)
    #expect(try process.waitForExit() == 0)
  }

  // MARK: Reload

  @Test func `Several filters reload by a closure`() async {
    await #expect(processExitsWith: .success) {
      let number = Counter()
      let main = pthread_self()
      var configuration = MilterConfiguration()
      configuration.log = MilterLog { _, _ in }
      configuration.reload = {
        // The signal must go to the thread that runs the server, because other threads of this
        // process do not block signals.
        pthread_kill(main, number.add() == 3 ? SIGTERM : SIGHUP)
      }
      let server = try MilterServer(
        sockets: ["inet:0@127.0.0.1"], configuration: configuration
      ) { ScriptedFilter() as Milter }
      hangUpLater()
      try server.run()
      #expect(number.value == 3)
    }
  }

  @Test func `Without a reload handler, SIGHUP stops the filter as in libmilter`() async {
    await #expect(processExitsWith: .success) {
      var configuration = MilterConfiguration()
      configuration.log = MilterLog { _, _ in }
      let server = try MilterServer(sockets: ["inet:0@127.0.0.1"], configuration: configuration) {
        NoFilter() as any SessionHandler
      }
      hangUpLater()
      try server.run()
    }
  }

  // MARK: Embedded

  @Test func `Start changes no signal handler`() async {
    await #expect(processExitsWith: .success) {
      func signals() throws -> [Substring] {
        let status = try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
        return status.split(separator: "\n").filter { line in
          ["SigBlk", "SigIgn", "SigCgt"].contains { line.hasPrefix($0) }
        }
      }
      let before = try signals()
      try #require(before.count == 3)
      let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { ScriptedFilter() }
      try server.start()
      let mta = try TestMTA(server.addresses[0])
      try mta.greet()
      #expect(try mta.message() == [.continue])
      #expect(try signals() == before)
      server.stop()
      #expect(try signals() == before)
    }
  }
}

/// Blocks SIGHUP and sends it to this thread, where it stays pending.
func hangUpLater() {
  var hangup = sigset_t()
  sigemptyset(&hangup)
  sigaddset(&hangup, SIGHUP)
  pthread_sigmask(SIG_BLOCK, &hangup, nil)
  pthread_kill(pthread_self(), SIGHUP)
}

/// A handler for a server without connections, which never creates one.
private final class NoFilter: SessionHandler {
  let name = "none"
  let callbacks: MilterCallbacks = []
  let rules = SessionRules.libmilter
  func attach(to context: Conversation) {}
  func negotiate(_ offered: MilterOptions) throws -> (
    status: CallbackStatus, wanted: MilterOptions
  )? {
    (.number(0), offered)
  }
  func run(_ callback: MilterCallback, _ payload: Span<UInt8>) throws(MilterError)
    -> CallbackStatus?
  { .number(0) }
  func abort() -> Bool { true }
  func close() -> Bool { true }
}
