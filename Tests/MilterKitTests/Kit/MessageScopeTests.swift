import Dispatch
import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import MilterSystem
import Testing

/// The end of a message's scope: ``MilterBase/messageEnded()`` and ``PerMessage``.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct MessageScopeTests {
  /// The form of a filter's callbacks.
  enum Writing: CaseIterable {
    case blocking, async, suspending

    func filter(
      _ journal: Journal, _ answers: @escaping @Sendable (MilterCallback) throws -> MilterStatus
    ) -> MilterBase {
      switch self {
      case .blocking: ScopedFilter(journal, answers)
      case .async: AsyncScopedFilter(journal, suspends: false, answers)
      case .suspending: AsyncScopedFilter(journal, suspends: true, answers)
      }
    }
  }

  /// The end of the connection.
  enum Parting: CaseIterable { case quit, hangUp }

  @Test(arguments: MessageEnd.all, Writing.allCases)
  func `A message's end is reported once, whatever its outcome`(
    _ end: MessageEnd, _ writing: Writing
  ) throws {
    // A hang-up would cancel a suspended callback and drop the waiting commands, so it is left out.
    let partings = writing == .suspending && end.rest.isEmpty ? [.quit] : Parting.allCases
    for parting in partings {
      let journal = Journal()
      let server = try TestServer { writing.filter(journal, end.answers) }
      let mta = try server.connect()
      try mta.greet()
      try mta.send(bytes: end.commands.flatMap(\.bytes) + end.rest)
      if parting == .hangUp || !end.rest.isEmpty {
        try mta.socket.shutdown()
      } else {
        try mta.send(.quit)
        while try mta.receive() != nil {}
      }
      server.server.stop()
      #expect(journal.all == end.journal, "\(parting)")
    }
  }

  @Test(arguments: Writing.allCases)
  func `A message ends when the server stops`(_ writing: Writing) throws {
    let journal = Journal()
    let server = try TestServer { writing.filter(journal) { _ in .continue } }
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.ask(MessageEnd.mail) == [.continue])
    #expect(try mta.ask(MessageEnd.rcpt) == [.continue])
    server.server.stop(drain: .zero)
    try wait(for: "the end") { journal.all.last == "close" }
    #expect(
      journal.all == ["envfrom 1", "envrcpt 2", "abort", "ended 2", "released", "close"])
  }

  @Test(arguments: Writing.allCases)
  func `A message whose callback exceeds its timeout ends when the callback returns`(
    _ writing: Writing
  ) throws {
    let (journal, gate) = (Journal(), DispatchSemaphore(value: 0))
    let server = try TestServer(configure: { $0.callbackTimeouts[.header] = .milliseconds(50) }) {
      writing.filter(journal) { callback in
        if callback == .header { gate.wait() }
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    for command in [MessageEnd.mail, MessageEnd.rcpt] {
      #expect(try mta.ask(command) == [.continue])
    }
    #expect(try mta.ask(MessageEnd.header) == [.tempfail])
    // On a busy machine, a callback that suspends may begin after its timeout.
    try wait(for: "the callback") { journal.all.last == "header 3" }
    gate.signal()
    #expect(try mta.receive() == nil)
    server.server.stop()
    #expect(
      journal.all == ["envfrom 1", "envrcpt 2", "header 3", "ended 3", "released", "close"])
  }

  /// A filter with eom only.
  private final class Last: Milter {
    private let journal: Journal
    init(_ journal: Journal) { self.journal = journal }
    required init() { fatalError("made with a journal") }
    override func eom() throws -> Status {
      journal.note("eom")
      return .accept
    }
    override func messageEnded() { journal.note("ended") }
    override func close() { journal.note("close") }
  }

  /// An async filter with eom only.
  private final class AsyncLast: AsyncMilter {
    private let journal: Journal
    init(_ journal: Journal) { self.journal = journal }
    required init() { fatalError("made with a journal") }
    override func eom() async throws -> Status {
      await Task.yield()
      journal.note("eom")
      return .accept
    }
    override func messageEnded() { journal.note("ended") }
    override func close() async { journal.note("close") }
  }

  @Test(arguments: [false, true])
  func `A filter without envfrom gets the end of each message that it has seen`(_ isAsync: Bool)
    throws
  {
    let journal = Journal()
    let server = try TestServer { isAsync ? AsyncLast(journal) : Last(journal) }
    let mta = try server.connect()
    _ = try mta.ask(TestMTA.offer)
    // Postfix sends abort after each message, even if the filter got no step of the message.
    try mta.send(.abort)
    for _ in 0..<2 {
      #expect(try mta.ask(.endOfBody([])) == [.accept])
      try mta.send(.abort)
    }
    try mta.quit()
    server.server.stop()
    #expect(journal.all == ["eom", "ended", "eom", "ended", "close"])
  }

  private final class Collector: Milter {
    @PerMessage var bytes: [UInt8] = []
  }

  @Test func `A large value grows in place`() {
    let filter = Collector()
    filter.bytes.reserveCapacity(1 << 20)
    let start = filter.bytes.withUnsafeBufferPointer { $0.baseAddress }
    for _ in 0..<16 { filter.bytes += repeatElement(7, count: 1 << 16) }
    #expect(filter.bytes.withUnsafeBufferPointer { $0.baseAddress } == start)
    #expect(filter.bytes.count == 1 << 20)
  }
}
