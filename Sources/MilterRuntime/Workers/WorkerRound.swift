import MilterSystem

/// An action on all workers, one after the other.
struct WorkerRound: Sendable {
  enum Kind: Sendable {
    /// It reads the configuration again.
    case reload
    /// Another one with the program as it is now takes its place.
    case replace
  }

  let kind: Kind
  /// The slots whose turn has not come.
  var slots: [Int]
  /// The worker that is waited for.
  var awaited: Int?
  /// The number of the reload that was asked for last: the answer to an abandoned one may come late.
  var reload = 0
  /// Since when it is waited for, by the coarse clock.
  var since = CoarseClock.nanoseconds

  /// How long a worker may take to reload, or to get ready.
  ///
  /// A filter may read much in its `prepare()`; one that takes longer holds up those that were asked
  /// for later.
  static let patience = Duration.seconds(300)
}
