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
    /// Pieces of work that wait for a thread: connections, and what is left of callbacks.
    var waiting = 0
    /// Whether the system gives no more threads.
    var isShort = false
  }

  /// The process's number.
  var process = 0
  /// Whether it ends its last messages.
  var isStopping = false
  /// Whether further connections wait until one ends, or the system has room for one.
  var isFull = false
  /// The maximum number of connections; nil without a limit.
  var mostConnections: Int?
  var threads = Threads()
  /// The number of connections in each place.
  var counts: [ConnectionStatus.Place: Int] = [:]
  /// The connections, the oldest first; the newest are left out if there are many.
  var connections: [ConnectionStatus] = []

  /// The maximum number of connections that are listed for `milter status`, of all workers together.
  static let mostListed = 200

  /// The number of connections.
  var count: Int { counts.values.reduce(0, &+) }

  private func count(_ places: ConnectionStatus.Place...) -> Int {
    places.reduce(0) { $0 &+ (counts[$1] ?? 0) }
  }

  /// The line about the whole process.
  var summary: String {
    var line = """
      \(count) connections: \(count(.thread)) on threads, \(count(.queue)) waiting for one, \
      \(count(.suspended)) suspended, \(count(.replies, .message, .idle)) waiting for the MTA; \
      \(threads.running) of at most \(threads.limit) threads, \(threads.free) free
      """
    if threads.isShort { line += "; the system gives no more threads" }
    if isFull {
      line += "; further connections wait"
      if let mostConnections { line += ", since at most \(mostConnections) are allowed" }
    }
    return line
  }

  /// The line for connections that are left out of the list.
  static func omission(_ count: Int) -> String { "and \(count) more connections" }
}
