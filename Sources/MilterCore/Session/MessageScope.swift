/// The state of a session for the current message, or for the commands between two messages.
struct MessageScope: Sendable {
  /// Whether the end of the message is being handled, which is the only time to change it.
  var isEnding = false
  /// The callbacks that returned skip, which are not called for the rest of the message.
  var skipped: MilterCallbacks = []
  /// A verdict from a step without reply, for the next step that has one.
  var heldVerdict: MilterStatus?

  /// Whether nothing prevents a callback from being called, or its answer from being sent unchanged.
  var isPlain: Bool { !isEnding && skipped.isEmpty && heldVerdict == nil }

  /// Creates the state of a message of a new client.
  init() {}

  init(of client: ClientScope) { heldVerdict = client.verdict }
}
