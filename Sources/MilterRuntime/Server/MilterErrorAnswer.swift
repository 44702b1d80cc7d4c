/// The answer to an MTA if a callback throws; see ``MilterConfiguration/onError``.
public enum MilterErrorAnswer: String, Hashable, Sendable, CaseIterable {
  /// The client is told to try again later; the default.
  case tempfail
  /// The message, or in `connect` and `helo` all mail of the client, passes without the filter.
  ///
  /// The changes of the callback are dropped. If some have already been sent, because they exceed
  /// ``MilterConfiguration/maxHeldChanges``, the answer is `tempfail`.
  case accept
  /// The message, client, or recipient is refused permanently.
  case reject
  /// The MTA closes the client's connection with a reply with code 421.
  ///
  /// In `connect`, the client gets the reply to its next command. The filter sends its own SMTP reply, because
  /// Postfix 3.7 loses the message after the protocol's shutdown reply at the end of a message, although it
  /// reports success to the client.
  case shutdown
}
