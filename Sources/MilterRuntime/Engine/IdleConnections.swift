@preconcurrency import Dispatch
import MilterSystem

/// Wakes the connections that have no thread, when there is something for them to do.
///
/// There is one Dispatch source for all, over the system's own list: a source for each would cost 600
/// bytes, and two more changes of threads each time.
final class IdleConnections: Sendable {
  private let readiness: Readiness
  private let source: any DispatchSourceRead
  private let queue = DispatchQueue(label: "swift-milter.idle")

  /// How often a thread looks before something else gets its turn.
  private static let batch = 64
  /// How long a thread stays for the next connection that wakes up, in milliseconds.
  private static let linger = 10

  /// Makes an empty list.
  ///
  /// - Parameter wake: is called with the number of a connection, one after the other; it may have
  ///   been woken otherwise, or have ended, a moment ago.
  /// - Throws: if the system has no descriptor to give.
  init(wake: @escaping @Sendable (Int) -> Void) throws(SocketError) {
    let readiness = try Readiness()
    self.readiness = readiness
    source = DispatchSource.makeReadSource(fileDescriptor: readiness.descriptor, queue: queue)
    source.setEventHandler {
      for _ in 0..<Self.batch {
        guard readiness.take(milliseconds: Self.linger, wake) else { return }
      }
    }
    // The list stays open until Dispatch has let go of it.
    source.setCancelHandler { withExtendedLifetime(readiness) {} }
    source.activate()
  }

  deinit { source.cancel() }

  /// Has a connection woken when its socket is ready: once, or at each of its news.
  func wait(for event: Readiness.Event, of socket: Socket, number: Int) throws(SocketError) {
    try readiness.wait(for: event, of: socket.descriptor, token: number)
  }

  /// Has a connection woken no longer.
  func ignore(_ socket: Socket) { readiness.ignore(socket.descriptor) }

  /// Returns if connections can be woken.
  func probe() { queue.sync {} }
}
