/// The state of a session for the message under way, or the commands between two messages.
struct MessageScope: Sendable {
  /// Whether the end of the message is being worked on: only then may it be changed.
  var isEnding = false
  /// Callbacks that returned skip: they are not called for the rest of the message.
  var skipped: MilterCallbacks = []
  /// A verdict from a step without reply, for the next step that has one.
  var heldVerdict: MilterStatus?

  /// Whether the message is like most: nothing keeps a callback from being called, or its answer from
  /// being sent as it is.
  var isPlain: Bool { !isEnding && skipped.isEmpty && heldVerdict == nil }

  init(of client: ClientScope) { heldVerdict = client.verdict }
}
