import MilterSystem

/// Waits, in the thread that made it, for the signals that a server's process obeys.
///
/// As with libmilter they are blocked in all threads and one waits for them. No handler is
/// installed, so nothing runs in the middle of anything, and no program that a callback starts
/// inherits one.
///
/// The system gives a signal to one waiting thread. Every waiter of the process hears of it.
final class SignalWaiter: Sendable {
  private struct State {
    var isOver = false
    /// Whether a SIGTERM is under way that only wakes the thread.
    var isWoken = false
    /// Signals that another waiter received.
    var passedOn: [Signal] = []
  }
  private let state = SystemMutex(State())
  private let thread: SystemThread
  private let former: SignalMask
  /// The signals it waits for.
  private let signals: [Signal]
  private let restoresMask: Bool

  /// The waiters of the process that wait, or are about to.
  private static let all = SystemMutex<[SignalWaiter]>([])

  /// Blocks the signals in the calling thread, and so in all that are started after it.
  ///
  /// - Parameters:
  ///   - signals: the signals, SIGTERM among them.
  ///   - restoresMask: whether the thread gets its former mask back at the end. libmilter leaves the
  ///     signals blocked, so that none ends a filter that tidies up.
  init(for signals: [Signal], restoresMask: Bool) {
    self.signals = signals
    self.restoresMask = restoresMask
    former = SignalMask.current
    SignalMask.block(signals)
    thread = SystemThread.current
    // A peer that is gone is an error of the write, not the end of the process.
    Signal.brokenPipe.ignore()
    Self.all.withLock { $0.append(self) }
  }

  /// Passes on every signal until ``finish()`` is called; to be called by the thread that made this.
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

  /// Whether a signal is the one that wakes the thread, which is then no longer under way.
  private func takeWake(_ signal: Signal) -> Bool {
    state.withLock { state in
      guard signal == .terminate, state.isWoken else { return false }
      state.isWoken = false
      return true
    }
  }

  private func next() -> Signal? { Signal.next(of: signals) }

  /// Has all other waiters hear of a signal.
  private func passOn(_ signal: Signal) {
    Self.all.withLock { waiters in
      for waiter in waiters where waiter !== self { waiter.wake { $0.passedOn.append(signal) } }
    }
  }

  /// Ends the wait: takes what still waits for this thread, and gives the signals back.
  private func leave() {
    let isLast = Self.all.withLock { waiters in
      waiters.removeAll { $0 === self }
      return waiters.isEmpty
    }
    // What still waits would end the process as soon as it is unblocked.
    while Signal.isPending(oneOf: signals) {
      guard let signal = next() else { continue }
      if !takeWake(signal) { passOn(signal) }
    }
    // While others wait, a signal in this thread would end the process under them.
    if isLast, restoresMask { former.apply() }
  }

  /// Ends the wait, from any thread.
  func finish() { wake { $0.isOver = true } }

  private func wake(_ change: (inout State) -> Void) {
    state.withLock { state in
      // Once the wait is over the thread may have ended.
      guard !state.isOver else { return }
      change(&state)
      guard !state.isWoken else { return }
      state.isWoken = true
      thread.send(.terminate)
    }
  }
}
