/// The state of a session for the current message, or for the commands between two messages.
@usableFromInline
struct MessageScope: Sendable {
  /// Whether the end of the message is being handled, which is the only time to change it.
  var isEnding = false { didSet { judge() } }
  /// The callbacks that returned skip, which are not called for the rest of the message.
  var skipped: MilterCallbacks = [] { didSet { judge() } }
  /// A verdict from a step without reply, for the next step that has one.
  var heldVerdict: MilterStatus? { didSet { judge() } }
  /// Whether nothing prevents a callback from being called, or its answer from being sent unchanged.
  @usableFromInline var isPlain = true

  /// Creates the state of a message of a new client.
  init() {}

  init(of client: ClientScope) {
    heldVerdict = client.verdict
    judge()
  }

  private mutating func judge() { isPlain = !isEnding && skipped.isEmpty && heldVerdict == nil }
}
