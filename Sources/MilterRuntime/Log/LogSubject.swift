import MilterCore

/// The subject of a log line: a connection and, once its queue ID is known, a message.
struct LogSubject: Sendable {
  /// The filter's name, or the server's while there is no filter yet.
  let name: String
  /// The connection's number, counted from the start of the server.
  let connection: Int
  /// The macros sent so far; the queue id is looked up when a line is written, and not before.
  var symbols: MilterSymbols?
  /// The message; `nil` if the log is used only while the macros exist.
  var message: LogMessage?

  /// The callback that the line is about; nil where `presence` knows the one under way.
  var callback: MilterCallback?
  /// Knows the callback under way, for the filter's own lines.
  var presence: Presence?
  /// The answer for it.
  var verdict: MilterStatus?

  /// Queue ids are shorter by far; longer text is no queue ID and must not fill the log.
  private static let longestQueueID = 64

  /// The start of the line.
  var prefix: String {
    "\(name) #\(connection): " + (queueID.map { "\($0): " } ?? "")
  }

  /// The queue ID; nil until it is known.
  var queueID: String? {
    guard let id = symbols?["i".utf8].map({ Array($0) }) ?? message?.queueID, !id.isEmpty else {
      return nil
    }
    return String(decoding: id.prefix(Self.longestQueueID), as: UTF8.self)
  }
}
