/// Connections that wait for a thread, first come, first served.
struct WaitingConnections {
  /// Those before `next` are gone.
  private var connections: [Connection?] = []
  private var next = 0

  /// How many there are.
  var count: Int { connections.count - next }

  /// Whether no connection waits.
  var isEmpty: Bool { count == 0 }

  /// Adds a connection at the end.
  mutating func append(_ connection: Connection) { connections.append(connection) }

  /// Takes the connection that has waited for the longest time.
  mutating func popFirst() -> Connection? {
    guard next < connections.count else { return nil }
    let connection = connections[next]
    connections[next] = nil
    next += 1
    // Now and then, so that the cost stays linear and a queue that is never empty does not grow.
    if next * 2 > connections.count {
      connections.removeFirst(next)
      next = 0
    }
    return connection
  }
}
