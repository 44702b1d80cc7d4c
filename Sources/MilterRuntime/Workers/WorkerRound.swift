import MilterSystem

/// An action on all workers, one after the other.
struct WorkerRound: Sendable {
  enum Kind: Sendable {
    /// The worker reloads the configuration.
    case reload
    /// A worker with the current program replaces it.
    case replace
  }

  let kind: Kind
  /// The slots that must still have their turn.
  var slots: [Int]
  /// The awaited worker.
  var awaited: Int?
  /// The number of the last requested reload, because the answer to an abandoned one may come late.
  var reload = 0
  /// The start of the wait, by the coarse clock.
  var since = CoarseClock.nanoseconds

  /// The maximum time of a worker to reload, or to become ready.
  ///
  /// A filter may read many files in its `prepare()`. If it takes longer, it delays later requests.
  static let patience = Duration.seconds(300)
}
