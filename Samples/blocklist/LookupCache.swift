import Synchronization

/// Keeps answers while they are valid.
///
/// When several connections ask for the same name at the same time, the source is asked once.
final class LookupCache: AddressLookup {
  /// Looks up a name, and calls back on any thread.
  typealias Source = @Sendable (String, @escaping @Sendable (Flight.Landing) -> Void) -> Void

  private struct Entry {
    let flight: Flight
    /// When the answer expires; `nil` while there is no answer.
    var end: ContinuousClock.Instant?

    func isValid(_ now: ContinuousClock.Instant) -> Bool {
      guard let end else { return true }
      return now < end
    }
  }

  /// The entries in two halves.
  ///
  /// To make room, the older half is dropped as a whole.
  private struct Entries {
    let half: Int
    var young: [String: Entry] = [:]
    var old: [String: Entry] = [:]

    subscript(_ name: String) -> Entry? { young[name] ?? old[name] }

    /// Puts an entry into the young half.
    ///
    /// If that half is full, it becomes the old half.
    mutating func keep(_ entry: Entry, for name: String) {
      if young[name] == nil, young.count >= half {
        old = young
        young = [:]
      }
      old[name] = nil
      young[name] = entry
    }

    /// Sets when an answer expires; does nothing if the entry was dropped.
    mutating func setEnd(_ end: ContinuousClock.Instant, of flight: Flight, _ name: String) {
      if young[name]?.flight === flight { young[name]?.end = end }
      if old[name]?.flight === flight { old[name]?.end = end }
    }
  }

  private let entries: Mutex<Entries>
  private let source: Source
  private let now: @Sendable () -> ContinuousClock.Instant

  /// The maximum time for which an answer is kept, even if the list allows more.
  private static let maxLifetime = Duration.seconds(3600)
  /// The time for which a failure is kept.
  private static let failureLifetime = Duration.seconds(30)

  /// Creates an empty cache.
  ///
  /// - Parameters:
  ///   - limit: The maximum number of names. At least half of them stay, beginning with the most recent ones.
  ///   - now: Returns the time.
  ///   - source: Looks up names that are not in the cache.
  init(
    limit: Int = 50_000, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    source: @escaping Source
  ) {
    entries = Mutex(Entries(half: max(1, limit / 2)))
    self.now = now
    self.source = source
  }

  func addresses(of name: String) async throws -> LookupAnswer {
    let now = now()
    let new = Flight()
    let flight = entries.withLock { entries in
      var entry = Entry(flight: new)
      if let known = entries[name], known.isValid(now) { entry = known }
      entries.keep(entry, for: name)
      return entry.flight
    }
    if flight === new { source(name) { [self] in land(name, flight, $0) } }
    return try await flight.result()
  }

  private func land(_ name: String, _ flight: Flight, _ landing: Flight.Landing) {
    let lifetime =
      switch landing {
      case .success(let answer): min(answer.lifetime, Self.maxLifetime)
      case .failure: Self.failureLifetime
      }
    let end = now() + lifetime
    entries.withLock { $0.setEnd(end, of: flight, name) }
    flight.land(landing)
  }
}
