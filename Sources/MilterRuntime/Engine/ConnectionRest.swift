/// The state of a connection without a thread of its own, for the engine's threads.
struct ConnectionRest {
  var isIdle = false
  /// Whether a message is under way, or its replies are not taken.
  var isInMessage = false
  /// Whether the MTA does not take its replies.
  var isBlocked = false
  /// There while a callback is suspended: by its end alone the connection gets a thread.
  var suspension: Suspension?
  /// Whether the server has cut it off.
  var isCut = false
  /// The descriptor's number may belong to somebody else.
  var isClosed = false

  /// Takes the connection for a thread; false if it has one.
  mutating func claim() -> Bool {
    defer { isIdle = false }
    return isIdle
  }
}
