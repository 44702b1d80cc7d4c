import MilterSystem

/// The connections of a server, by their numbers.
final class ConnectionTable: Sendable {
  private let connections = SystemMutex<[Int: Connection]>([:])

  /// The number of connections.
  var count: Int { connections.withLock { $0.count } }

  /// The current connections.
  var all: [Connection] { connections.withLock { Array($0.values) } }

  /// The connection with a number; `nil` if it has ended.
  subscript(number: Int) -> Connection? {
    get { connections.withLock { $0[number] } }
    set { connections.withLock { $0[number] = newValue } }
  }
}
