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

  private let entries = Mutex<[String: Entry]>([:])
  private let limit: Int
  private let source: Source
  private let now: @Sendable () -> ContinuousClock.Instant

  /// The longest that an answer is kept, whatever the list allows.
  private static let longest = Duration.seconds(3600)
  /// How long a list that failed is not asked for the same name again.
  private static let failure = Duration.seconds(30)

  /// Makes an empty cache.
  ///
  /// - Parameters:
  ///   - limit: the most names that it keeps.
  ///   - now: the time.
  ///   - source: looks names up that are not in the cache.
  init(
    limit: Int = 50_000, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    source: @escaping Source
  ) {
    self.limit = limit
    self.now = now
    self.source = source
  }

  func addresses(of name: String) async throws -> LookupAnswer {
    let now = now()
    let (flight, isNew) = entries.withLock { entries -> (Flight, Bool) in
      if let entry = entries[name], entry.end.map({ now < $0 }) ?? true {
        return (entry.flight, false)
      }
      if entries.count >= limit {
        entries = entries.filter { $1.end.map { now < $0 } ?? true }
      }
      let flight = Flight()
      // When all that is kept still holds, the answer goes only to the one who asked.
      if entries.count < limit { entries[name] = Entry(flight: flight) }
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
    entries.withLock { entries in
      if entries[name]?.flight === flight { entries[name]?.end = end }
    }
    flight.land(landing)
  }
}
