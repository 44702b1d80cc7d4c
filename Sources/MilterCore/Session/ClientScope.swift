/// The state of a session for one client of the MTA.
@usableFromInline
struct ClientScope: Sendable {
  /// The macros sent so far, including those of the client's message.
  @usableFromInline var symbols = MilterSymbols()
  /// The commands that describe the client.
  var introduction = ClientIntroduction()
  /// The reply that replaces the next reject or tempfail, until it is used.
  var reply: MilterReply?
  /// A verdict about the client from a step without reply, which applies to all its messages.
  var verdict: MilterStatus?
}
