/// The answer to an MTA for a callback that throws; see ``MilterConfiguration/onError``.
public enum MilterErrorAnswer: String, Hashable, Sendable, CaseIterable {
  /// The client is told to try again later; the default.
  case tempfail
  /// The message, or in `connect` and `helo` all mail of the client, passes without the filter.
  ///
  /// Changes that the callback has asked for are not made. If some have been sent already, which needs
  /// more of them than ``MilterConfiguration/maxHeldChanges``, the answer is `tempfail`.
  case accept
  /// The message, client, or recipient is refused for good.
  case reject
  /// The MTA closes the client's connection with a reply of code 421.
  ///
  /// In `connect` the client gets the reply to its next command. The filter sends its own SMTP reply:
  /// after the protocol's shutdown reply at the end of a message, Postfix 3.7 reports success to the
  /// client and keeps no message.
  case shutdown
}
