import MilterCore
import MilterRuntime
import MilterSystem

/// A log of JSON objects on standard error, one on each line.
///
/// Empty members are left out.
struct JSONLog: Sendable {
  /// The filter's name for lines about the server.
  private let name: String

  /// The number of the worker process that writes; `nil` without workers.
  private let worker: Int?

  init(name: String, worker: Int? = nil) {
    self.name = name
    self.worker = worker
  }

  /// Writes a line with one system call.
  func write(_ record: LogRecord) {
    StandardStream.error.print(object(record, at: Timestamp.now) + "\n")
  }

  /// The object for a line.
  func object(_ record: LogRecord, at time: String) -> String {
    var members: [(String, JSONValue)] = [
      ("time", .string(time)), ("level", .string(record.level.name)),
      ("filter", .string(record.filter ?? name)),
    ]
    if let worker { members.append(("worker", .number(worker))) }
    if let connection = record.connection { members.append(("connection", .number(connection))) }
    if let queueID = record.queueID { members.append(("queueID", .string(queueID))) }
    if let callback = record.callback { members.append(("callback", .string("\(callback)"))) }
    if let verdict = record.verdict { members.append(("verdict", .string("\(verdict)"))) }
    members.append(("message", .string(record.message)))
    return JSONValue.object(members).description
  }
}
