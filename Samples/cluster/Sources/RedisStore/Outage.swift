/// Whether Redis is asked, or left alone until it is time for another attempt.
struct Outage {
  typealias Instant = ContinuousClock.Instant

  /// How many attempts have failed, one after the other; 0 while Redis answers.
  private(set) var failures = 0
  /// How many decisions were made without Redis.
  private(set) var missed = 0
  /// Rises with each failure, so that many decisions that fail at once are one failure.
  private(set) var generation = 0
  private var next: Instant?
  /// Whether an attempt is under way.
  private var isTrying = false

  /// How long the next attempt is put off after a number of failures: from 0.1 to 10 seconds.
  static func pause(after failures: Int) -> Duration {
    .milliseconds(min(10_000, 100 << min(failures - 1, 10)))
  }

  /// Whether a decision that begins now is made without Redis.
  func isOn(_ now: Instant) -> Bool { next.map { isTrying || now < $0 } ?? false }

  /// Begins a decision, which ends with ``fail(_:_:share:)`` or ``succeed(_:)``.
  ///
  /// While Redis is away, one decision at a time makes the attempt.
  ///
  /// - Parameter now: the time.
  /// - Returns: the generation of the decision; `nil` if it is made without Redis.
  mutating func begin(_ now: Instant) -> Int? {
    guard !isOn(now) else { return nil }
    isTrying = next != nil
    return generation
  }

  /// Notes that a decision has got no answer.
  ///
  /// - Parameters:
  ///   - generation: the decision's.
  ///   - now: the time.
  ///   - share: how much of the pause is waited, from 0.5 to 1, so that filters do not come back all at
  ///     once.
  /// - Returns: when the next attempt is made, from now; `nil` if another decision has noticed before.
  mutating func fail(
    _ generation: Int, _ now: Instant, share: Double = .random(in: 0.5...1)
  ) -> Duration? {
    guard generation == self.generation else { return nil }
    self.generation += 1
    failures += 1
    isTrying = false
    let pause = Self.pause(after: failures) * share
    next = now + pause
    return pause
  }

  /// Notes a decision without Redis.
  mutating func miss() { missed += 1 }

  /// Notes that a decision has got an answer.
  ///
  /// - Parameter generation: the decision's.
  /// - Returns: how many decisions were made without Redis, if that has ended an outage.
  mutating func succeed(_ generation: Int) -> Int? {
    guard generation == self.generation, failures > 0 else { return nil }
    defer { (failures, missed, next, isTrying) = (0, 0, nil, false) }
    return missed
  }
}
