/// When a worker is started again that has ended.
///
/// After the first crash that is at once. Each further one within a minute of its start doubles the pause, up to
/// half a minute. A worker that has ended several times in a row before it served, over half a minute, is not
/// started again.
struct RestartPolicy: Sendable {
  /// The action for the worker.
  enum Decision: Equatable {
    /// To start it again after a pause.
    case start(after: Duration)
    case giveUp
  }

  private var crashes = 0
  private var failures = 0

  /// The number of failures at the start, one after the other, after which none is tried.
  static let mostFailures = 7
  /// How long a worker must run before its pauses start at the beginning again.
  static let stable = Duration.seconds(60)
  private static let shortest = Duration.milliseconds(100)
  /// The pause after the first failure at the start; all of them last 31.5 seconds.
  private static let shortestAfterFailure = Duration.milliseconds(500)
  private static let longest = Duration.seconds(30)

  /// The worker has ended while it served.
  ///
  /// - Parameter time: for how long it had run.
  /// - Returns: what to do.
  mutating func crashed(after time: Duration) -> Decision {
    failures = 0
    crashes = time >= Self.stable ? 1 : crashes + 1
    return .start(after: crashes == 1 ? .zero : Self.pause(crashes - 2))
  }

  /// The worker has ended before it served.
  mutating func failedToStart() -> Decision {
    failures += 1
    guard failures < Self.mostFailures else { return .giveUp }
    return .start(after: Self.pause(failures - 1, from: Self.shortestAfterFailure))
  }

  private static func pause(_ doublings: Int, from shortest: Duration = shortest) -> Duration {
    min(shortest * (1 << min(doublings, 16)), longest)
  }
}
