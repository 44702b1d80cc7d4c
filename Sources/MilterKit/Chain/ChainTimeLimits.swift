/// The time limits for all members of a ``MilterChain`` together; see ``MilterChain/timeLimits``.
///
/// A remote member fails if it has not replied when the time is over. The chain cannot interrupt a callback of
/// a filter of the same program; ``MilterConfiguration/callbackTimeout`` limits the chain as a whole.
public struct ChainTimeLimits: Hashable, Sendable {
  /// The maximum time for each step before the message's content, and for connecting to all members.
  ///
  /// The default is 9 seconds: by default Sendmail waits 10 seconds, and Postfix 30.
  public var command: Duration
  /// The maximum time for the content, which the members see at the end of the message.
  ///
  /// The default is 240 seconds: by default Sendmail and Postfix wait 300.
  public var content: Duration

  /// Creates limits.
  public init(command: Duration = .seconds(9), content: Duration = .seconds(240)) {
    self.command = command
    self.content = content
  }
}
