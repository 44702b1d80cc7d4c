import MilterPlatform

/// The blocked signals of a thread.
package struct SignalMask: Sendable {
  private(set) var set = sigset_t()

  /// A mask that blocks no signal.
  package static var none: SignalMask {
    var mask = SignalMask()
    sigemptyset(&mask.set)
    return mask
  }

  /// The signal mask of the calling thread.
  ///
  /// The corresponding C function is `pthread_sigmask`.
  package static var current: SignalMask {
    var mask = SignalMask()
    pthread_sigmask(SIG_SETMASK, nil, &mask.set)
    return mask
  }

  /// All signals except those for faults of the thread itself, for threads that wait for no signal.
  package static var all: SignalMask {
    var mask = SignalMask()
    sigfillset(&mask.set)
    for number in [SIGILL, SIGTRAP, SIGFPE, SIGBUS, SIGSEGV, SIGSYS] {
      sigdelset(&mask.set, number)
    }
    return mask
  }

  /// Blocks exactly these signals in the calling thread.
  package func apply() {
    var set = set
    pthread_sigmask(SIG_SETMASK, &set, nil)
  }

  /// Blocks signals in the calling thread, and so in all threads that are started later.
  package static func block(_ signals: [Signal]) {
    var set = set(of: signals)
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Returns this mask with additional blocked signals.
  package func blocking(_ signals: [Signal]) -> SignalMask {
    var mask = self
    for signal in signals { sigaddset(&mask.set, signal.rawValue) }
    return mask
  }

  /// Returns the set of some signals.
  static func set(of signals: [Signal]) -> sigset_t { none.blocking(signals).set }
}
