/// The answer for a user who is over the limit.
public struct RateExcess: Hashable, Sendable {
  /// How long the user has to wait.
  public let wait: Duration
  /// Whether this is the first time in a period, so that the log names the user.
  public let isNews: Bool

  /// Makes a value of its parts.
  public init(wait: Duration, isNews: Bool) { (self.wait, self.isNews) = (wait, isNews) }

  /// The wait in whole seconds, rounded up: a user who returns after that time is let in.
  var seconds: Int64 { wait.components.seconds + (wait.components.attoseconds > 0 ? 1 : 0) }
}
