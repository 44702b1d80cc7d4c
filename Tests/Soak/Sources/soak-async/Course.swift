import MilterKit

/// Traps if the callbacks of a connection overlap, or come in a wrong order.
struct Course {
  private var current: MilterCallback?
  private var isInMessage = false
  private var isAborted = false
  private var isClosed = false

  /// Records that a callback begins.
  mutating func begin(_ callback: MilterCallback) {
    demand(current == nil, "\(callback) begins while \(current ?? callback) is in progress")
    demand(!isClosed, "\(callback) begins after close")
    switch callback {
    case .envfrom:
      demand(!isInMessage, "a message begins before the last one has ended")
      (isInMessage, isAborted) = (true, false)
    case .abort:
      demand(isInMessage && !isAborted, "abort begins, and there is nothing to abort")
      isAborted = true
    case .close:
      demand(!isInMessage, "close begins before messageEnded")
      isClosed = true
    default: demand(isInMessage && !isAborted, "\(callback) begins outside of a message")
    }
    current = callback
  }

  /// Records that the callback has ended.
  mutating func end() { current = nil }

  /// Records that the message has ended.
  mutating func messageEnded() {
    demand(current == nil, "messageEnded is called while \(current ?? .eom) is in progress")
    demand(isInMessage, "messageEnded is called twice")
    isInMessage = false
  }

  /// Ends the program if a condition does not hold; unlike `precondition`, it reports why in release builds.
  private func demand(_ condition: Bool, _ complaint: @autoclosure () -> String) {
    if !condition { fatalError(complaint()) }
  }
}
