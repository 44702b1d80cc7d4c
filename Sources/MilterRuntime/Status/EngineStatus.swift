import MilterCore

/// The status of a server's process at one moment: its connections and its threads.
struct EngineStatus: Equatable, Sendable {
  /// The threads that run callbacks.
  struct Threads: Equatable, Sendable {
    var running = 0
    /// The number of threads without work.
    var free = 0
    /// The maximum number.
    var limit = 0
    /// The number of connections and callbacks that wait for a thread.
    var waiting = 0
    /// Whether the system has no more threads.
    var isShort = false
  }

  /// The process ID.
  var process = 0
  /// Whether the process is ending its last messages.
  var isStopping = false
  /// Whether further connections wait until one ends, or until the system has room for one.
  var isFull = false
  /// The maximum number of connections; `nil` without a limit.
  var mostConnections: Int?
  var threads = Threads()
  /// The number of connections in each state.
  var counts: [ConnectionStatus.Place: Int] = [:]
  /// The connections, the oldest first; if there are many, the newest are left out.
  var connections: [ConnectionStatus] = []

  /// The maximum number of connections in the list of `milter status`, for all workers together.
  static let mostListed = 200

  /// The number of connections.
  var count: Int { counts.values.reduce(0, &+) }

  private func count(_ places: ConnectionStatus.Place...) -> Int {
    places.reduce(0) { $0 &+ (counts[$1] ?? 0) }
  }

  /// The line about the process.
  var summary: String {
    var line = """
      \(count) connections: \(count(.thread)) on threads, \(count(.queue)) waiting for one, \
      \(count(.suspended)) suspended, \(count(.replies, .message, .idle)) waiting for the MTA; \
      \(threads.running) of at most \(threads.limit) threads, \(threads.free) free
      """
    if threads.isShort { line += "; the system allows no more threads" }
    if isFull {
      line += "; further connections wait"
      if let mostConnections { line += ", since at most \(mostConnections) are allowed" }
    }
    return line
  }

  /// Returns the line for connections that are left out of the list.
  static func omission(_ count: Int) -> String { "and \(count) more connections" }
}
