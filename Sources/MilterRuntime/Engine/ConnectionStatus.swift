import MilterCore

/// The status of a connection at one moment.
struct ConnectionStatus: Equatable, Sendable {
  /// The state of the connection.
  enum Place: String, Hashable, Sendable, CaseIterable {
    /// A thread serves it: it works, or waits for the MTA's next command for a moment.
    case thread
    /// There is work, and no thread for it yet.
    case queue
    /// A callback has suspended.
    case suspended
    /// The MTA takes no replies.
    case replies
    /// The MTA is silent in the middle of a message.
    case message
    /// The MTA is silent.
    case idle
  }

  let number: Int
  let client: String
  let queueID: String
  /// The callback under way.
  let callback: MilterCallback?
  let place: Place
  /// For how long: for a callback, since the commands were read that it is among.
  let time: Duration
  /// The time since the connection began.
  let age: Duration
  /// The bytes that have come and were not read.
  let waiting: Int

  /// The line of the log.
  var line: String {
    var line = "#\(number)"
    for name in [client, queueID] where !name.isEmpty {
      line += ", \(name)"
    }
    line += ": \(activity) for \(seconds) s"
    if waiting > 0 { line += ", \(waiting) bytes waiting" }
    return line
  }

  /// The time in seconds, with a tenth.
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
    case .replies: "waiting for the MTA to take replies"
    case .message: "waiting for the MTA in a message"
    case .idle: "waiting for the MTA"
    }
  }
}
