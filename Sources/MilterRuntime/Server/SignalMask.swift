import MilterPlatform

/// The signals that a thread has blocked.
package struct SignalMask: Sendable {
  private(set) var set = sigset_t()

  /// The signal mask of the calling thread.
  static var current: SignalMask {
    var mask = SignalMask()
    pthread_sigmask(SIG_SETMASK, nil, &mask.set)
    return mask
  }

  /// All signals except those for faults of the thread itself, for threads that wait for no signal.
  static var all: SignalMask {
    var mask = SignalMask()
    sigfillset(&mask.set)
    for number in [SIGILL, SIGTRAP, SIGFPE, SIGBUS, SIGSEGV, SIGSYS] {
      sigdelset(&mask.set, number)
    }
    return mask
  }

  /// Blocks just these in the calling thread.
  func apply() {
    var set = set
    pthread_sigmask(SIG_SETMASK, &set, nil)
  }

  // MARK: Signals that a server's process obeys

  /// SIGTERM, SIGHUP and SIGINT, which libmilter obeys.
  static let stopNumbers = [SIGTERM, SIGHUP, SIGINT]

  /// These and SIGUSR1, which libmilter leaves to the filter.
  static let programNumbers = stopNumbers + [SIGUSR1]

  /// These and SIGUSR2, which has a supervisor replace the program.
  static let supervisorNumbers = programNumbers + [SIGUSR2]

  /// The set of some signals.
  static func set(of numbers: [Int32]) -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in numbers { sigaddset(&set, number) }
    return set
  }

  /// Blocks signals in the calling thread, and so in all that are started after it.
  static func block(_ numbers: [Int32]) {
    var set = set(of: numbers)
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// This one with more signals blocked.
  func blocking(_ numbers: [Int32]) -> SignalMask {
    var mask = self
    for number in numbers { sigaddset(&mask.set, number) }
    return mask
  }

  /// Blocks the signals that a filter program obeys in the calling thread, and so in all that are
  /// started after it.
  package static func blockProgramSignals() { block(programNumbers) }
}
