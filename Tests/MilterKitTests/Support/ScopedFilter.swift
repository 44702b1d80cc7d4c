import MilterFilterFixtures
import MilterKit

/// A filter that counts callbacks in a property, and records all events in order.
final class ScopedFilter: Milter {
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
