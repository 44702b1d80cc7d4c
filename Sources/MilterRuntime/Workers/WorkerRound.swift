/// What is done to one worker after the other.
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
}
