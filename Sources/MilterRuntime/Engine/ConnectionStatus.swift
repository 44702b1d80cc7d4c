import MilterCore

/// The status of a connection at one moment.
struct ConnectionStatus: Equatable, Sendable {
  /// The state of the connection.
  enum Place: String, Hashable, Sendable, CaseIterable {
    /// A thread serves the connection, or waits a moment for the next command.
    case thread
    /// The connection has work, and waits for a thread.
    case queue
    /// A callback is suspended.
    case suspended
    /// The MTA does not read its replies.
    case replies
    /// The MTA is silent in the middle of a message.
    case message
    /// The MTA is silent.
    case idle
  }

  let number: Int
  let client: String
  let queueID: String
  /// The current callback.
  let callback: MilterCallback?
  let place: Place
  /// The time in this state; for a callback, the time since its command was read.
  let time: Duration
  /// The time since the connection began.
  let age: Duration
  /// The number of bytes that have arrived and were not read.
  let waiting: Int

  /// The line for the log.
  var line: String {
    var line = "#\(number)"
    for name in [client, queueID] where !name.isEmpty {
      line += ", \(name)"
    }
    line += ": \(activity) for \(seconds) s"
    if waiting > 0 { line += ", \(waiting) bytes waiting" }
    return line
  }

  /// The time in seconds, with one decimal place.
  private var seconds: String {
    let tenths = time / Duration.milliseconds(100)
    let rounded = Int(tenths.rounded())
    return "\(rounded / 10).\(rounded % 10)"
  }

  private var activity: String {
    switch place {
    case .thread: callback.map { "in \($0)" } ?? "waiting for the MTA on a thread"
    case .queue: "waiting for a thread"
    case .suspended: callback.map { "\($0) suspended" } ?? "suspended"
    case .replies: "waiting for the MTA to read replies"
    case .message: "waiting for the MTA in a message"
    case .idle: "waiting for the MTA"
    }
  }
}
