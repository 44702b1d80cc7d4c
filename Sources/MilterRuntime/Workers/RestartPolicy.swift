/// Determines when an ended worker is started again.
///
/// After the first crash, it is started at once. Each further crash within a minute of the start doubles the
/// pause, up to half a minute. A worker that fails several times before it serves, within half a minute, is not
/// started again.
struct RestartPolicy: Sendable {
  /// The action for the worker.
  enum Decision: Equatable {
    /// Start it after a pause.
    case start(after: Duration)
    case giveUp
  }

  private var crashes = 0
  private var failures = 0

  /// The maximum number of consecutive failures at the start.
  static let mostFailures = 7
  /// The time that a worker must run before its pauses begin at the minimum again.
  static let stable = Duration.seconds(60)
  private static let shortest = Duration.milliseconds(100)
  /// The pause after the first failure at the start; all pauses together last 31.5 seconds.
  private static let shortestAfterFailure = Duration.milliseconds(500)
  private static let longest = Duration.seconds(30)

  /// Notes that the worker has ended while it served.
  ///
  /// - Parameter time: The time that it ran.
  /// - Returns: The action.
  mutating func crashed(after time: Duration) -> Decision {
    failures = 0
    crashes = time >= Self.stable ? 1 : crashes + 1
    return .start(after: crashes == 1 ? .zero : Self.pause(crashes - 2))
  }

  /// Notes that the worker has ended before it served.
  mutating func failedToStart() -> Decision {
    failures += 1
    guard failures < Self.mostFailures else { return .giveUp }
    return .start(after: Self.pause(failures - 1, from: Self.shortestAfterFailure))
  }

  private static func pause(_ doublings: Int, from shortest: Duration = shortest) -> Duration {
    min(shortest * (1 << min(doublings, 16)), longest)
  }
}
