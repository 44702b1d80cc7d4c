package import MilterSystem

extension SignalMask {
  /// SIGTERM, SIGHUP and SIGINT, which libmilter obeys.
  static let stopSignals: [Signal] = [.terminate, .hangup, .interrupt]

  /// These and SIGUSR1, which libmilter leaves to the filter.
  static let programSignals = stopSignals + [.user1]

  /// These and SIGUSR2, which has a supervisor replace the program.
  static let supervisorSignals = programSignals + [.user2]

  /// Blocks the signals that a filter program obeys in the calling thread, and so in all that are
  /// started after it.
  package static func blockProgramSignals() { block(programSignals) }
}
