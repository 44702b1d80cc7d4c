import MilterFilterFixtures

/// An object that a filter holds for a message; it records its release.
final class Held {
  private let journal: Journal
  init(_ journal: Journal) { self.journal = journal }
  deinit { journal.note("released") }
}
