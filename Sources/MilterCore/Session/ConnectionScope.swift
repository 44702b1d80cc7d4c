/// The state of a session for the whole connection.
@usableFromInline
struct ConnectionScope: Sendable {
  /// The MTA's offer, during and after the negotiation.
  var offered: MilterOptions?
  /// The options agreed on with the MTA; before the negotiation, no actions.
  var agreed = MilterOptions(version: 0, actions: [], steps: [])
  /// The maximum payload of a frame in bytes, in both directions.
  var maximumPayload = WireLimits.payload64K
  /// The macro lists that the filter requests.
  var macroLists: [MilterNegotiation.MacroList] = []
  /// The macro lists that the filter requests only if the MTA supports requests.
  var declaredMacroLists: [MilterNegotiation.MacroList] = []
  /// Whether `negotiate` is running.
  var isNegotiating = false
  /// The steps for which the filter wants no reply, even if the MTA does not support that.
  var noReply: MilterProtocolFlags = []
  /// The order of commands, with the steps that the MTA may leave out.
  @usableFromInline var transitions: SessionTransitions
  /// The commands that ``FilterSession/receivePlainly(_:_:)`` handles if they are in order.
  @usableFromInline var plainCommands: Commands = []
  /// The callbacks that may return noreply, or whose answer is not sent.
  @usableFromInline var noReplyCallbacks: MilterCallbacks = []
  @usableFromInline var silentCallbacks: MilterCallbacks = []

  init(leavingOut leftOut: MilterProtocolFlags) {
    transitions = SessionTransitions(leavingOut: leftOut)
  }
}
