import MilterSystem

/// Waits for the signals of a server's process, in the thread that created it.
///
/// As in libmilter, the signals are blocked in all threads, and one thread waits for them. There is no handler,
/// so nothing runs asynchronously, and programs that a callback starts inherit none.
///
/// The system delivers a signal to one waiting thread, which passes it on to every waiter of the process.
final class SignalWaiter: Sendable {
  private struct State {
    var isOver = false
    /// Whether a SIGTERM was sent that only wakes the thread.
    var isWoken = false
    /// The signals that another waiter has received.
    var passedOn: [Signal] = []
  }
  private let state = SystemMutex(State())
  private let thread: SystemThread
  private let former: SignalMask
  /// The signals to wait for.
  private let signals: [Signal]
  private let restoresMask: Bool

  /// The waiters of the process that wait, or are about to.
  private static let all = SystemMutex<[SignalWaiter]>([])

  /// Blocks the signals in the calling thread, and so in all threads that are started later.
  ///
  /// - Parameters:
  ///   - signals: The signals, which must include SIGTERM.
  ///   - restoresMask: Whether the thread's mask is restored at the end. libmilter leaves the signals blocked,
  ///     so that none ends a filter that is cleaning up.
  init(for signals: [Signal], restoresMask: Bool) {
    self.signals = signals
    self.restoresMask = restoresMask
    former = SignalMask.current
    SignalMask.block(signals)
    thread = SystemThread.current
    // A closed connection is an error of the write, and must not end the process.
    Signal.brokenPipe.ignore()
    Self.all.withLock { $0.append(self) }
  }

  /// Passes on every signal until ``finish()`` is called; must be called on the thread that created this
  /// object.
  func wait(_ received: (Signal) -> Void) {
    while !state.withLock({ $0.isOver }) {
      guard let signal = next() else { continue }
      let isWake = takeWake(signal)
      if !isWake { passOn(signal) }
      let signals = state.withLock { state in
        defer { state.passedOn = [] }
        return state.passedOn + (isWake ? [] : [signal])
      }
      for signal in signals where !state.withLock({ $0.isOver }) { received(signal) }
    }
    leave()
  }

  /// Whether a signal is the one that wakes the thread, which is then consumed.
  private func takeWake(_ signal: Signal) -> Bool {
    state.withLock { state in
      guard signal == .terminate, state.isWoken else { return false }
      state.isWoken = false
      return true
    }
  }

  private func next() -> Signal? { Signal.next(of: signals) }

  /// Passes a signal on to all other waiters.
  private func passOn(_ signal: Signal) {
    Self.all.withLock { waiters in
      for waiter in waiters where waiter !== self { waiter.wake { $0.passedOn.append(signal) } }
    }
  }

  /// Ends the wait: consumes the pending signals of this thread, and restores the mask.
  private func leave() {
    let isLast = Self.all.withLock { waiters in
      waiters.removeAll { $0 === self }
      return waiters.isEmpty
    }
    // Pending signals would end the process when they are unblocked.
    while Signal.isPending(oneOf: signals) {
      guard let signal = next() else { continue }
      if !takeWake(signal) { passOn(signal) }
    }
    // While others wait, an unblocked signal in this thread would end the process.
    if isLast, restoresMask { former.apply() }
  }

  /// Unblocks the signals without waiting for one; must be called on the thread that created the waiter.
  func dismiss() {
    finish()
    wait { _ in }
  }

  /// Ends the wait, from any thread.
  func finish() { wake { $0.isOver = true } }

  private func wake(_ change: (inout State) -> Void) {
    state.withLock { state in
      // After the wait, the thread may have ended.
      guard !state.isOver else { return }
      change(&state)
      guard !state.isWoken else { return }
      state.isWoken = true
      thread.send(.terminate)
    }
  }
}
