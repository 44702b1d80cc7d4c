import Synchronization

/// Keeps answers for as long as they hold, and asks once for what several connections want to know.
final class LookupCache: AddressLookup {
  /// Looks a name up and calls back, on any thread.
  typealias Source = @Sendable (String, @escaping @Sendable (Flight.Landing) -> Void) -> Void

  private struct Entry {
    let flight: Flight
    /// When the answer no longer holds; `nil` before there is one.
    var end: ContinuousClock.Instant?
  }

  /// The names in two halves, so that room is made without looking at each of them.
  private struct Entries {
    let half: Int
    var young: [String: Entry] = [:]
    var old: [String: Entry] = [:]

    subscript(_ name: String) -> Entry? { young[name] ?? old[name] }

    /// Keeps an entry as the youngest, and drops the old half if the young one is full.
    mutating func keep(_ entry: Entry, for name: String) {
      if young[name] == nil, young.count >= half {
        old = young
        young = [:]
      }
      old[name] = nil
      young[name] = entry
    }

    /// Sets when an answer expires; does nothing if the entry was dropped.
    mutating func end(_ flight: Flight, of name: String, at end: ContinuousClock.Instant) {
      if young[name]?.flight === flight { young[name]?.end = end }
      if old[name]?.flight === flight { old[name]?.end = end }
    }
  }

  private let entries: Mutex<Entries>
  private let source: Source
  private let now: @Sendable () -> ContinuousClock.Instant

  /// The longest that an answer is kept, whatever the list allows.
  private static let longest = Duration.seconds(3600)
  /// How long a list that failed is not asked for the same name again.
  private static let failure = Duration.seconds(30)

  /// Makes an empty cache.
  ///
  /// - Parameters:
  ///   - limit: the maximum number of names; the half asked for last always stays.
  ///   - now: the time.
  ///   - source: looks names up that are not in the cache.
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
    let (flight, isNew) = entries.withLock { entries -> (Flight, Bool) in
      if let entry = entries[name], entry.end.map({ now < $0 }) ?? true {
        entries.keep(entry, for: name)
        return (entry.flight, false)
      }
      let flight = Flight()
      entries.keep(Entry(flight: flight), for: name)
      return (flight, true)
    }
    if isNew { source(name) { [self] in land(name, flight, $0) } }
    return try await flight.result()
  }

  private func land(_ name: String, _ flight: Flight, _ landing: Flight.Landing) {
    let lifetime =
      switch landing {
      case .success(let answer): min(answer.lifetime, Self.longest)
      case .failure: Self.failure
      }
    let end = now() + lifetime
    entries.withLock { $0.end(flight, of: name, at: end) }
    flight.land(landing)
  }
}
