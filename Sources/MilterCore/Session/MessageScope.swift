/// What a session knows about the message under way, or the commands between two messages.
struct MessageScope: Sendable {
  /// Whether the end of the message is being worked on: only then may it be changed.
  var isEnding = false
  /// Callbacks that said skip: for the rest of the message they are not called.
  var skipped: MilterCallbacks = []
  /// A verdict from a step without reply, for the next step that has one.
  var heldVerdict: MilterStatus?

  init(of client: ClientScope) { heldVerdict = client.verdict }
}
