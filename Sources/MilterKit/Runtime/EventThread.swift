import MilterSockets
import Synchronization

/// A thread that waits for descriptors and handles those that are ready.
///
/// It is made at the start and stays until the end. Dispatch would need a thread at the moment at which
/// something happens, and does nothing at all while the system has none to give.
final class EventThread: Sendable {
  private let readiness: Readiness
  /// Becomes readable when the thread is to end.
  private let bell: Socket
  private let ringer: Socket
  private let turn = Mutex(())
  private let isOver = Atomic<Bool>(false)

  /// The token of `bell`.
  private static let bellToken = Int.min

  /// Makes a list without descriptors.
  ///
  /// - Throws: if the system has no descriptor to give.
  init() throws(SocketError) {
    readiness = try Readiness()
    (bell, ringer) = try Socket.socketPair()
    try readiness.wait(for: .readable, of: bell.descriptor, token: Self.bellToken)
  }

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - interval: the time from one call of `tick` to the next; nil for no calls.
  ///   - tick: is called again and again.
  ///   - ended: is called in the end.
  ///   - handle: is called with the token of each descriptor that is ready, one after the other. The
  ///     descriptor may have been closed, or woken otherwise, a moment ago.
  /// - Throws: if the system has no thread to give.
  func start(
    every interval: Duration? = nil, tick: @escaping @Sendable () -> Void = {},
    ended: @escaping @Sendable () -> Void = {}, handle: @escaping @Sendable (Int) -> Void
  ) throws(SocketError) {
    try WorkerThread.start(runsCallbacks: false) { [self] in
      SignalMask.all.apply()
      var next = interval.map { ContinuousClock.now + $0 }
      while !isOver.load(ordering: .acquiring) {
        // Rounded up, so that the time is over when the wait is.
        let wait = next.map { max(0, (ContinuousClock.now.duration(to: $0)).milliseconds + 1) }
        _ = readiness.take(milliseconds: wait ?? -1) { token in
          if token != Self.bellToken { turn.withLock { _ in handle(token) } }
        }
        if let interval, let due = next, ContinuousClock.now >= due {
          turn.withLock { _ in tick() }
          next = ContinuousClock.now + interval
        }
      }
      ended()
    }
  }

  /// Has a descriptor handled once, when it is ready.
  func wait(for event: Readiness.Event, of descriptor: Int32, token: Int) throws(SocketError) {
    try readiness.wait(for: event, of: descriptor, token: token)
  }

  /// Ends the thread, which may be the caller.
  func end() {
    if !isOver.exchange(true, ordering: .acquiringAndReleasing) { try? ringer.shutdown() }
  }

  /// Returns if the thread is not stuck in a handler.
  func probe() { turn.withLock { _ in } }
}
