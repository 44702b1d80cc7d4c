/// The state of a session for the whole connection.
struct ConnectionScope: Sendable {
  /// The MTA's offer, during and after the negotiation.
  var offered: MilterOptions?
  /// The options agreed with the MTA; before the negotiation, no actions.
  var agreed = MilterOptions(version: 0, actions: [], steps: [])
  /// Most bytes of payload a frame may have, in both directions.
  var maximumPayload = WireLimits.payload64K
  /// The macro lists the filter has asked for.
  var macroLists: [MilterNegotiation.MacroList] = []
  /// The macro lists the filter wants if the MTA can send others than its own.
  var declaredMacroLists: [MilterNegotiation.MacroList] = []
  /// Whether `negotiate` is running.
  var isNegotiating = false
  /// Steps the filter wants no reply for, whether the MTA knows of it or not.
  var noReply: MilterProtocolFlags = []
  /// The order of commands, with the steps that the MTA may leave out.
  var transitions: SessionTransitions
  /// The commands that ``FilterSession/receivePlainly(_:_:)`` takes if they are in order.
  var plainCommands: Commands = []
  /// The callbacks to which noreply may be answered, and those whose answer is not sent.
  var noReplyCallbacks: MilterCallbacks = []
  var silentCallbacks: MilterCallbacks = []

  init(leavingOut leftOut: MilterProtocolFlags) {
    transitions = SessionTransitions(leavingOut: leftOut)
  }
}
