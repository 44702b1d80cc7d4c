package import MilterSystem

extension SignalMask {
  /// SIGTERM, SIGHUP, and SIGINT, which libmilter handles.
  static let stopSignals: [Signal] = [.terminate, .hangup, .interrupt]

  /// These signals and SIGUSR1, which libmilter leaves to the filter.
  static let programSignals = stopSignals + [.user1]

  /// These signals and SIGUSR2, on which a supervisor replaces the program.
  static let supervisorSignals = programSignals + [.user2]

  /// Blocks the signals of a filter program in the calling thread, and so in all threads that are started
  /// later.
  package static func blockProgramSignals() { block(programSignals) }
}
