/// The state that determines whether decisions ask Redis or wait for the next attempt.
struct Outage {
  typealias Instant = ContinuousClock.Instant

  /// The number of attempts that have failed in a row; 0 while Redis answers.
  private(set) var failures = 0
  /// The number of decisions that were made without Redis.
  private(set) var missed = 0
  /// The number of failures so far.
  ///
  /// Decisions of one generation that fail together count as one failure.
  private(set) var generation: Int
  /// When the next attempt is allowed; `nil` while Redis answers.
  private var next: Instant?
  /// Whether an attempt is in progress.
  private var isTrying = false

  /// Creates the state while Redis answers.
  init(generation: Int = 0) { self.generation = generation }

  /// The pause before the next attempt, from 0.1 to 10 seconds.
  static func pause(after failures: Int) -> Duration {
    .milliseconds(min(10_000, 100 << min(failures - 1, 10)))
  }

  /// Whether a decision that begins now is made without Redis.
  func isOn(_ now: Instant) -> Bool {
    guard let next else { return false }
    return isTrying || now < next
  }

  /// Begins a decision, which ends with ``fail(_:_:share:)`` or ``succeed(_:)``.
  ///
  /// While Redis is away, one decision at a time makes the attempt.
  ///
  /// - Parameter now: The time.
  /// - Returns: The decision's generation; `nil` if the decision is made without Redis.
  mutating func begin(_ now: Instant) -> Int? {
    guard !isOn(now) else { return nil }
    isTrying = next != nil
    return generation
  }

  /// Records that a decision got no answer.
  ///
  /// - Parameters:
  ///   - generation: The decision's.
  ///   - now: The time.
  ///   - share: The part of the pause to wait, from 0.5 to 1. It is random, so that not all filters come
  ///     back at the same moment.
  /// - Returns: The time until the next attempt; `nil` if another decision has recorded the outage before.
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

  /// Records a decision without Redis.
  mutating func miss() { missed += 1 }

  /// Records that a decision got an answer.
  ///
  /// - Parameter generation: The decision's.
  /// - Returns: The number of decisions without Redis, if the answer ends an outage; otherwise `nil`.
  mutating func succeed(_ generation: Int) -> Int? {
    guard generation == self.generation, failures > 0 else { return nil }
    let missed = missed
    self = Outage(generation: generation)
    return missed
  }
}
