import Dispatch
import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterSystem
import Testing

/// The end of a message's scope: ``MilterBase/messageEnded()`` and ``PerMessage``.
@Suite(.timeLimit(.minutes(15))) struct MessageScopeTests {
  /// Counts in a property, and notes what happens in which order.
  private final class Scoped: Milter {
    private let journal: Journal
    private let answers: @Sendable (MilterCallback) throws -> Status
    @PerMessage private var steps = 0
    @PerMessage private var held: [Held] = []

    init(
      _ journal: Journal, _ answers: @escaping @Sendable (MilterCallback) throws -> Status
    ) {
      self.journal = journal
      self.answers = answers
    }

    required init() { fatalError("made with a journal") }

    private func step(_ callback: MilterCallback) throws -> Status {
      if held.isEmpty { held.append(Held(journal)) }
      steps += 1
      journal.note("\(callback) \(steps)")
      return try answers(callback)
    }

    override func connect(_ host: String, _ address: MilterAddress?) throws -> Status {
      steps = 100
      return .continue
    }
    override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
      try step(.envfrom)
    }
    override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
      try step(.envrcpt)
    }
    override func header(_ name: String, _ value: String) throws -> Status { try step(.header) }
    override func body(_ chunk: RawSpan) throws -> Status { try step(.body) }
    override func eom() throws -> Status { try step(.eom) }
    override func unknown(_ command: String) throws -> Status {
      journal.note("unknown")
      return try answers(.unknown)
    }
    override func abort() { journal.note("abort") }
    override func messageEnded() { journal.note("ended \(steps)") }
    override func close() { journal.note("close") }
  }

  /// What a filter holds for a message; notes its release.
  private final class Held {
    private let journal: Journal
    init(_ journal: Journal) { self.journal = journal }
    deinit { journal.note("released") }
  }

  private static let mail = MTACommand.mail([bytes("<a@b>")])
  private static let rcpt = MTACommand.rcpt([bytes("<c@d>")])
  private static let header = MTACommand.header(name: bytes("X"), value: bytes("v"))

  /// A way in which messages end.
  struct Way: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let commands: [MTACommand]
    let journal: [String]
    var rest: [UInt8] = []
    var answers: @Sendable (MilterCallback) throws -> MilterStatus = { _ in .continue }
  }

  private struct Thrown: Error {}

  private static func verdict(
    _ status: MilterStatus, in wanted: MilterCallback
  ) -> @Sendable (MilterCallback) throws -> MilterStatus {
    { $0 == wanted ? status : .continue }
  }

  static let ways: [Way] = [
    Way(
      testDescription: "eom",
      commands: [mail, rcpt, header, .eoh, .body(bytes("b")), .endOfBody([])],
      journal: [
        "envfrom 1", "envrcpt 2", "header 3", "body 4", "eom 5", "ended 5", "released", "close",
      ]),
    Way(
      testDescription: "two messages",
      commands: [mail, rcpt, .endOfBody([]), mail, rcpt, .endOfBody([])],
      journal: [
        "envfrom 1", "envrcpt 2", "eom 3", "ended 3", "released",
        "envfrom 1", "envrcpt 2", "eom 3", "ended 3", "released", "close",
      ]),
    Way(
      testDescription: "the last chunk with the end",
      commands: [mail, rcpt, .endOfBody(bytes("b"))],
      journal: [
        "envfrom 1", "envrcpt 2", "body 3", "eom 4", "ended 4", "released", "close",
      ]),
    Way(
      testDescription: "a verdict on the last chunk",
      commands: [mail, rcpt, .endOfBody(bytes("b"))],
      journal: ["envfrom 1", "envrcpt 2", "body 3", "ended 3", "released", "close"],
      answers: verdict(.reject, in: .body)),
    Way(
      testDescription: "a verdict in envfrom", commands: [mail, mail],
      journal: [
        "envfrom 1", "ended 1", "released", "envfrom 1", "ended 1", "released", "close",
      ],
      answers: verdict(.reject, in: .envfrom)),
    Way(
      testDescription: "accept in envrcpt", commands: [mail, rcpt],
      journal: ["envfrom 1", "envrcpt 2", "ended 2", "released", "close"],
      answers: verdict(.accept, in: .envrcpt)),
    Way(
      testDescription: "a refused recipient goes on", commands: [mail, rcpt, rcpt, .abort],
      journal: [
        "envfrom 1", "envrcpt 2", "envrcpt 3", "abort", "ended 3", "released", "close",
      ],
      answers: verdict(.reject, in: .envrcpt)),
    Way(
      testDescription: "discard in header", commands: [mail, rcpt, header],
      journal: ["envfrom 1", "envrcpt 2", "header 3", "ended 3", "released", "close"],
      answers: verdict(.discard, in: .header)),
    Way(
      testDescription: "a callback throws", commands: [mail, rcpt, header],
      journal: ["envfrom 1", "envrcpt 2", "header 3", "ended 3", "released", "close"],
      answers: { if $0 == .header { throw Thrown() } else { .continue } }),
    Way(
      testDescription: "RSET", commands: [mail, rcpt, .abort, mail, .abort],
      journal: [
        "envfrom 1", "envrcpt 2", "abort", "ended 2", "released",
        "envfrom 1", "abort", "ended 1", "released", "close",
      ]),
    Way(
      testDescription: "a second MAIL", commands: [mail, rcpt, mail],
      journal: [
        "envfrom 1", "envrcpt 2", "abort", "ended 2", "released",
        "envfrom 1", "abort", "ended 1", "released", "close",
      ]),
    Way(
      testDescription: "unknown commands between messages and in one",
      commands: [.unknown(bytes("X")), mail, .unknown(bytes("X")), .abort, .unknown(bytes("X"))],
      journal: [
        "unknown", "envfrom 1", "unknown", "abort", "ended 1", "released", "unknown", "close",
      ]),
    Way(
      testDescription: "another client on the connection",
      commands: [mail, .quitNewConnection, .connect(host: bytes("h"), address: nil), mail],
      journal: [
        "envfrom 1", "abort", "ended 1", "released", "close",
        "envfrom 1", "abort", "ended 1", "released", "close",
      ]),
    Way(
      testDescription: "an unknown command byte", commands: [mail],
      journal: ["envfrom 1", "abort", "ended 1", "released", "close"], rest: [0, 0, 0, 1, 0x7F]),
    Way(
      testDescription: "half a command", commands: [mail],
      journal: ["envfrom 1", "abort", "ended 1", "released", "close"], rest: [0, 0, 0, 9, 0x52]),
    Way(testDescription: "no message", commands: [], journal: ["close"]),
  ]

  @Test(arguments: ways, [false, true])
  func `A message's end is told once, whatever became of it`(
    _ way: Way, _ hangsUp: Bool
  ) throws {
    let journal = Journal()
    let server = try TestServer { Scoped(journal, way.answers) }
    let mta = try server.connect()
    try mta.greet()
    try mta.send(bytes: way.commands.flatMap(\.bytes) + way.rest)
    if hangsUp || !way.rest.isEmpty {
      try mta.socket.shutdown()
    } else {
      try mta.send(.quit)
      while try mta.receive() != nil {}
    }
    server.server.stop()
    #expect(journal.all == way.journal)
  }

  @Test func `A message whose callback ran too long ends when the callback returns`() throws {
    let (journal, gate) = (Journal(), DispatchSemaphore(value: 0))
    let server = try TestServer(configure: { $0.callbackTimeouts[.header] = .milliseconds(50) }) {
      Scoped(journal) { callback in
        if callback == .header { gate.wait() }
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    for command in [Self.mail, Self.rcpt] { #expect(try mta.ask(command) == [.continue]) }
    #expect(try mta.ask(Self.header) == [.tempfail])
    #expect(journal.all.last == "header 3")
    gate.signal()
    #expect(try mta.receive() == nil)
    server.server.stop()
    #expect(
      journal.all == ["envfrom 1", "envrcpt 2", "header 3", "ended 3", "released", "close"])
  }

  @Test func `A large value grows in place`() {
    final class Collector: Milter {
      @PerMessage var bytes: [UInt8] = []
    }
    let filter = Collector()
    filter.bytes.reserveCapacity(1 << 20)
    let start = filter.bytes.withUnsafeBufferPointer { $0.baseAddress }
    for _ in 0..<16 { filter.bytes += repeatElement(7, count: 1 << 16) }
    #expect(filter.bytes.withUnsafeBufferPointer { $0.baseAddress } == start)
    #expect(filter.bytes.count == 1 << 20)
  }
}
