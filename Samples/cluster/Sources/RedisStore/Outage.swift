/// Whether Redis is asked, or left alone until it is time for another attempt.
struct Outage {
  typealias Instant = ContinuousClock.Instant

  /// How many attempts have failed, one after the other; 0 while Redis answers.
  private(set) var failures = 0
  /// How many decisions were made without Redis.
  private(set) var missed = 0
  private var next: Instant?

  /// How long the next attempt is put off after a number of failures: from 0.1 to 10 seconds.
  static func pause(after failures: Int) -> Duration {
    .milliseconds(min(10_000, 100 << min(failures - 1, 10)))
  }

  /// Asks whether a decision may be left to Redis.
  ///
  /// While Redis is away, one caller at a time makes the attempt.
  ///
  /// - Parameters:
  ///   - now: the time.
  ///   - patience: how long the attempt may take.
  /// - Returns: whether the caller may ask Redis.
  mutating func mayTry(_ now: Instant, patience: Duration) -> Bool {
    guard let next else { return true }
    guard now >= next else { return false }
    self.next = now + patience
    return true
  }

  /// Notes that Redis has not answered.
  ///
  /// - Parameters:
  ///   - now: the time.
  ///   - share: how much of the pause is waited, from 0.5 to 1, so that filters do not come back all at
  ///     once.
  /// - Returns: when the next attempt is made, from now.
  mutating func fail(_ now: Instant, share: Double = .random(in: 0.5...1)) -> Duration {
    failures += 1
    let pause = Self.pause(after: failures) * share
    next = now + pause
    return pause
  }

  /// Notes a decision without Redis.
  mutating func miss() { missed += 1 }

  /// Notes that Redis has answered.
  ///
  /// - Returns: how it was before.
  mutating func end() -> Outage {
    defer { self = Outage() }
    return self
  }
}
