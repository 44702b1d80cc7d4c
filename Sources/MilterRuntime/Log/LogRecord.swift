package import MilterCore

/// The parts of a log line.
package struct LogRecord: Sendable {
  package let level: MilterLogLevel
  /// The filter's name; `nil` for lines about the server.
  package let filter: String?
  /// The connection's number; `nil` for lines about the server.
  package let connection: Int?
  /// The message's queue ID, without control characters.
  package let queueID: String?
  /// The callback that the line is about, or in which the filter wrote it.
  package let callback: MilterCallback?
  /// The callback's answer.
  package let verdict: MilterStatus?
  /// The text without these parts, which may have control characters.
  package let message: String
  /// The whole line, for logs without fields.
  package let line: String
}
