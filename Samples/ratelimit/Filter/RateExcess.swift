/// The answer for a user who is over the limit.
public struct RateExcess: Hashable, Sendable {
  /// The time that the user has to wait.
  public let wait: Duration
  /// Whether this is the first excess in a period; only then the log names the user.
  public let isFirst: Bool

  /// Creates an answer.
  public init(wait: Duration, isFirst: Bool) {
    self.wait = wait
    self.isFirst = isFirst
  }

  /// The wait in whole seconds, rounded up: a user who returns after that time may send.
  var seconds: Int64 {
    let (seconds, attoseconds) = wait.components
    return attoseconds > 0 ? seconds + 1 : seconds
  }
}
