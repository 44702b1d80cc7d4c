import MilterFilterFixtures

/// What a filter holds for a message; notes its release.
final class Held {
  private let journal: Journal
  init(_ journal: Journal) { self.journal = journal }
  deinit { journal.note("released") }
}
