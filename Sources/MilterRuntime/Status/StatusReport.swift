import MilterCore

/// The status of a filter with all of its processes.
struct StatusReport: Sendable {
  /// The filter's name.
  let filter: String
  /// The ID of the answering process.
  let process: Int
  /// The state of the whole filter.
  let state: ProcessStatus.State
  /// The process itself, or its workers.
  let processes: [ProcessStatus]

  /// A connection with the worker that serves it.
  private typealias Entry = (worker: Int?, connection: ConnectionStatus)

  /// The listed connections, the oldest first, and the number of the others.
  private var list: (entries: [Entry], omitted: Int) {
    let known = processes.compactMap { process in
      process.status.map { (worker: process.worker, status: $0) }
    }
    let entries = known.flatMap { worker, status in
      status.connections.map { (worker: worker, connection: $0) }
    }
    .sorted { first, second in
      (first.connection.age, second.worker ?? 0, second.connection.number)
        > (second.connection.age, first.worker ?? 0, first.connection.number)
    }
    .prefix(EngineStatus.mostListed)
    let count = known.reduce(0) { $0 &+ $1.status.count }
    return (Array(entries), count - entries.count)
  }

  // MARK: Text

  /// The report as text for people, in whole lines.
  var text: String {
    var lines = ["\(filter), process \(process): \(state.rawValue)"]
    for part in processes {
      lines.append(part.worker == nil ? part.status?.summary ?? "" : part.line)
    }
    let (entries, omitted) = list
    lines += entries.map { worker, connection in
      (worker.map { "worker \($0) " } ?? "") + connection.line
    }
    if omitted > 0 { lines.append(EngineStatus.omission(omitted)) }
    return lines.map { VisibleText.visible($0) + "\n" }.joined()
  }

  // MARK: JSON

  /// The report as JSON for programs, on one line.
  var json: String {
    let (entries, omitted) = list
    return JSONValue.object([
      ("filter", .string(filter)), ("process", .number(process)),
      ("state", .string(state.rawValue)), ("processes", .array(processes.map(\.json))),
      ("connections", .array(entries.map { $1.json(worker: $0) })), ("omitted", .number(omitted)),
    ]).description + "\n"
  }
}

extension ProcessStatus {
  fileprivate var json: JSONValue {
    var members: [(String, JSONValue)] = worker.map { [("worker", .number($0))] } ?? []
    members += [
      ("process", process.map { .number($0) } ?? .null), ("state", .string(state.rawValue)),
      ("answered", .bool(status != nil)),
    ]
    if let status { members += status.members }
    return .object(members)
  }
}

extension EngineStatus {
  fileprivate var members: [(String, JSONValue)] {
    [
      (
        "connections",
        .object(
          ConnectionStatus.Place.allCases.map { ($0.rawValue, .number(counts[$0] ?? 0)) })
      ),
      ("connectionLimit", mostConnections.map { .number($0) } ?? .null),
      ("full", .bool(isFull)),
      (
        "threads",
        .object([
          ("running", .number(threads.running)), ("free", .number(threads.free)),
          ("limit", .number(threads.limit)), ("waiting", .number(threads.waiting)),
          ("short", .bool(threads.isShort)),
        ])
      ),
    ]
  }
}

extension ConnectionStatus {
  fileprivate func json(worker: Int?) -> JSONValue {
    let members: [(String, JSONValue)] = [
      ("connection", .number(number)), ("client", .string(client)), ("queueID", .string(queueID)),
      ("state", .string(place.rawValue)), ("callback", callback.map { .string("\($0)") } ?? .null),
      ("milliseconds", .number(time.milliseconds)), ("ageMilliseconds", .number(age.milliseconds)),
      ("bytesWaiting", .number(waiting)),
    ]
    return .object((worker.map { [("worker", .number($0))] } ?? []) + members)
  }
}
