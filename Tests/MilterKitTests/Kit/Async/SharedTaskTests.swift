import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import MilterSystem
import Testing

/// Callbacks of a message that share a task.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct SharedTaskTests {
  /// A filter that notes its deinitialization.
  private final class MortalFilter: AsyncMilter {
    private let journal: Journal

    init(_ journal: Journal) { self.journal = journal }
    required init() { journal = Journal() }
    deinit { journal.note("gone") }

    override func envfrom(_ sender: String, _ args: [String]) async throws -> Status { .continue }
    override func envrcpt(_ recipient: String, _ args: [String]) async throws -> Status {
      journal.note("envrcpt")
      return .continue
    }
    override func header(_ name: String, _ value: String) async throws -> Status { .continue }
  }

  @Test func `A filter is freed when its MTA leaves between two callbacks of a message`() throws {
    let journal = Journal()
    let server = try TestServer { MortalFilter(journal) }
    do {
      let mta = try server.connect()
      try mta.greet()
      try mta.envelope()
    }
    try wait(for: "the filter's end") { journal.all.last == "gone" }
    #expect(journal.all == ["envrcpt", "gone"])
  }

  @Test func `A callback may suspend between others that do not`() throws {
    let journal = Journal()
    let server = try TestServer {
      AsyncScriptedFilter(journal) { _, callback in
        if callback == .envrcpt || callback == .eoh { await Task.yield() }
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    for _ in 0..<2 {
      try mta.send(.mail([bytes("<a@b>")]), .rcpt([bytes("<c@d>")]), .data)
      for _ in 0..<3 { #expect(try mta.receive() == .continue) }
      #expect(try mta.ask(.header(name: bytes("A"), value: bytes("b"))) == [.continue])
      try mta.send(.eoh, .body(bytes("c")), .endOfBody([]))
      for _ in 0..<3 { #expect(try mta.receive() == .continue) }
    }
    #expect(journal.all.filter { $0 == "messageEnded" }.count == 2)
  }

  @Test func `A message of 50,000 fields needs no more stack than one of 50`() throws {
    final class Headers: AsyncMilter {
      @PerMessage private var count = 0
      override class var actions: MilterActionFlags { .addhdrs }
      override func header(_ name: String, _ value: String) async throws -> Status {
        count += 1
        return .continue
      }
      override func eom() async throws -> Status {
        try addheader("X-Count", "\(count)")
        return .accept
      }
    }
    let server = try TestServer { Headers() }
    let mta = try server.connect()
    try mta.greet()
    try mta.envelope()
    for _ in 0..<50 {
      let fields = (0..<1000).map { MTACommand.header(name: bytes("A"), value: bytes("\($0)")) }
      for field in fields { try mta.send(field) }
      for _ in fields { #expect(try mta.receive() == .continue) }
    }
    #expect(
      try mta.ask(.endOfBody([]))
        == [.addheader(name: bytes("X-Count"), value: bytes("50000")), .accept])
  }

  @Test func `Canceling the task of one callback does not affect others`() throws {
    let journal = Journal()
    let server = try TestServer {
      AsyncScriptedFilter { _, callback in
        if callback == .envfrom { withUnsafeCurrentTask { $0?.cancel() } }
        journal.note("\(callback): \(Task.isCancelled)")
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    try mta.envelope()
    let envelope = Array(journal.all.drop { !$0.hasPrefix("envfrom") }.prefix(2))
    #expect(envelope == ["envfrom: true", "envrcpt: false"])
  }

  @Test func `Helpers write the same queue ID as the filter, message after message`() throws {
    let server = try TestServer {
      AsyncScriptedFilter { filter, callback in
        filter.log.notice("\(callback)")
        MilterLog.current.notice("\(callback)")
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    for id in ["4dVw2x", "4dVw2y"] {
      _ = try mta.ask(.mail([bytes("<a@b>")]))
      try mta.send(.macro(MTACommandCode.rcpt.rawValue, [MilterMacro("i", id)]))
      _ = try mta.ask(.rcpt([bytes("<c@d>")]))
      _ = try mta.ask(.endOfBody([]))
    }
    let lines = server.log.all.filter { $0.hasPrefix("notice: AsyncScriptedFilter #1: ") }
    // Negotiation, connect, and HELO, and three callbacks for each message.
    #expect(lines.count == 2 * (3 + 2 * 3))
    for pair in 0..<(lines.count / 2) { #expect(lines[2 * pair] == lines[2 * pair + 1]) }
    #expect(
      lines.suffix(2) == Array(repeating: "notice: AsyncScriptedFilter #1: 4dVw2y: eom", count: 2))
  }
}
