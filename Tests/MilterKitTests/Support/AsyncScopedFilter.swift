import MilterFilterFixtures
import MilterKit

/// ``ScopedFilter`` as an async filter, whose callbacks suspend or do not.
final class AsyncScopedFilter: AsyncMilter {
  private let journal: Journal
  private let suspends: Bool
  private let answers: @Sendable (MilterCallback) throws -> Status
  @PerMessage private var steps = 0
  @PerMessage private var held: [Held] = []

  init(
    _ journal: Journal, suspends: Bool,
    _ answers: @escaping @Sendable (MilterCallback) throws -> Status
  ) {
    self.journal = journal
    self.suspends = suspends
    self.answers = answers
  }

  required init() { fatalError("made with a journal") }

  nonisolated(nonsending) private func step(_ callback: MilterCallback) async throws -> Status {
    if suspends { await Task.yield() }
    if held.isEmpty { held.append(Held(journal)) }
    steps += 1
    journal.note("\(callback) \(steps)")
    return try answers(callback)
  }

  override func connect(_ host: String, _ address: MilterAddress?) async throws -> Status {
    steps = 100
    return .continue
  }
  override func envfrom(_ sender: String, _ args: [String]) async throws -> Status {
    try await step(.envfrom)
  }
  override func envrcpt(_ recipient: String, _ args: [String]) async throws -> Status {
    try await step(.envrcpt)
  }
  override func header(_ name: String, _ value: String) async throws -> Status {
    try await step(.header)
  }
  override func body(_ chunk: [UInt8]) async throws -> Status { try await step(.body) }
  override func eom() async throws -> Status { try await step(.eom) }
  override func unknown(_ command: String) async throws -> Status {
    journal.note("unknown")
    return try answers(.unknown)
  }
  override func abort() async { journal.note("abort") }
  override func messageEnded() { journal.note("ended \(steps)") }
  override func close() async { journal.note("close") }
}
