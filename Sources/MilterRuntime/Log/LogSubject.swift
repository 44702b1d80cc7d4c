import MilterCore

/// The subject of a log line: a connection and, once its queue ID is known, a message.
struct LogSubject: Sendable {
  /// The filter's name, or the server's name while there is no filter.
  let name: String
  /// The connection's number, counted from the start of the server.
  let connection: Int
  /// The macros sent so far; the queue ID is looked up when a line is written.
  var symbols: MilterSymbols?
  /// The message; `nil` if the log is used only while the macros exist.
  var message: LogMessage?

  /// The callback of the line; `nil` to use the one of `presence`.
  var callback: MilterCallback?
  /// The source of the current callback, for the filter's own lines.
  var presence: Presence?
  /// The answer of the callback.
  var verdict: MilterStatus?

  /// The maximum length of a queue ID; longer text is not a queue ID and must not fill the log.
  private static let longestQueueID = 64

  /// The start of the line.
  var prefix: String {
    "\(name) #\(connection): " + (queueID.map { "\($0): " } ?? "")
  }

  /// The queue ID; `nil` until it is known.
  var queueID: String? {
    guard let id = symbols?["i".utf8].map({ Array($0) }) ?? message?.queueID, !id.isEmpty else {
      return nil
    }
    return String(decoding: id.prefix(Self.longestQueueID), as: UTF8.self)
  }
}
