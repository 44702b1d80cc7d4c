/// The state of a connection without a thread, for the engine's threads.
struct ConnectionRest {
  var isIdle = false
  /// Whether a message is in progress, or the MTA does not read its replies.
  var isInMessage = false
  /// Whether the MTA does not read its replies.
  var isBlocked = false
  /// The suspension of a callback, during which the connection gets no thread; `nil` otherwise.
  var suspension: Suspension?
  /// Whether the server has shut the connection down.
  var isCut = false
  /// Whether the connection is closed, so that its descriptor may belong to another file.
  var isClosed = false

  /// Claims the connection for a thread; returns `false` if it has one.
  mutating func claim() -> Bool {
    defer { isIdle = false }
    return isIdle
  }
}
