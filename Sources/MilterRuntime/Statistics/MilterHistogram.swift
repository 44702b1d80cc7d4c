/// A distribution of durations.
public struct MilterHistogram: Hashable, Sendable {
  /// The upper bounds of the buckets, from 100 microseconds to five minutes.
  ///
  /// Callbacks that only compute take up to a millisecond, and those that wait take seconds. MTAs wait 10, 30,
  /// or 300 seconds.
  public static let bounds: [Duration] = nanoseconds.map { .nanoseconds($0) }

  /// The bounds as numbers.
  static let nanoseconds = [
    100_000, 1_000_000, 5_000_000, 10_000_000, 50_000_000, 100_000_000, 500_000_000, 1_000_000_000,
    5_000_000_000, 10_000_000_000, 30_000_000_000, 60_000_000_000, 300_000_000_000,
  ]

  /// The number of events for each bound.
  ///
  /// An event counts for the first bound that it does not exceed. The last number counts the events above all
  /// bounds.
  public var counts = [Int](repeating: 0, count: nanoseconds.count + 1)
  /// The sum of all durations.
  public var sum = Duration.zero

  /// The number of events.
  public var count: Int { counts.reduce(0, &+) }

  /// Creates an empty histogram.
  public init() {}

  /// Returns the index in `counts` for a duration.
  static func bucket(_ time: Int) -> Int {
    nanoseconds.firstIndex { time <= $0 } ?? nanoseconds.count
  }
}
