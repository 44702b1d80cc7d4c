/// The state of a session for one client of the MTA.
struct ClientScope: Sendable {
  /// The macros sent so far, those of its message among them.
  var symbols = MilterSymbols()
  /// The reply to send instead of a plain reject or tempfail, until it is used.
  var reply: MilterReply?
  /// A verdict about the client from a step without reply: it holds for all its messages.
  var verdict: MilterStatus?
}
