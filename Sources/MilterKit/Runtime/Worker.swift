import Dispatch
import Synchronization

/// A thread of the pool: a place for the connection it shall serve next, and a bell.
final class Worker: Sendable {
  private let bell = DispatchSemaphore(value: 0)
  private let connection: Mutex<Connection?>

  init(_ connection: Connection?) { self.connection = Mutex(connection) }

  func wake(for next: Connection?) {
    connection.withLock { $0 = next }
    bell.signal()
  }

  func take() -> Connection? {
    connection.withLock { connection in
      defer { connection = nil }
      return connection
    }
  }

  func wait() { bell.wait() }

  /// - Returns: whether the bell rang in time.
  func wait(_ interval: DispatchTimeInterval) -> Bool {
    bell.wait(timeout: .now() + interval) == .success
  }
}
