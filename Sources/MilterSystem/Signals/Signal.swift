import MilterPlatform

/// A signal.
package struct Signal: RawRepresentable, Hashable, Sendable {
  /// The number in the C library.
  package let rawValue: Int32

  /// Creates a signal from its number.
  ///
  /// - Parameter rawValue: The number.
  package init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  /// The terminal was closed or, for a server, the configuration has changed: `SIGHUP`.
  package static var hangup: Signal { Signal(rawValue: SIGHUP) }

  /// The user interrupts the program: `SIGINT`.
  package static var interrupt: Signal { Signal(rawValue: SIGINT) }

  /// Ends the process, which cannot prevent it: `SIGKILL`.
  package static var kill: Signal { Signal(rawValue: SIGKILL) }

  /// Ends the process, which can clean up: `SIGTERM`.
  package static var terminate: Signal { Signal(rawValue: SIGTERM) }

  /// A write to a closed connection: `SIGPIPE`.
  package static var brokenPipe: Signal { Signal(rawValue: SIGPIPE) }

  /// `SIGUSR1`.
  package static var user1: Signal { Signal(rawValue: SIGUSR1) }

  /// `SIGUSR2`.
  package static var user2: Signal { Signal(rawValue: SIGUSR2) }

  /// Ignores the signal in this process.
  ///
  /// The corresponding C function is `signal`.
  package func ignore() { signal(rawValue, SIG_IGN) }

  /// Sends the signal to a process.
  ///
  /// The corresponding C function is `kill`.
  package func send(to process: Int32) { _ = system(process, rawValue) }

  /// Sends the signal to all processes of a group.
  ///
  /// The corresponding C function is `kill`.
  package func send(toGroup group: Int32) { _ = system(-group, rawValue) }

  /// Waits for one of some signals, which all threads must have blocked; `nil` if the wait failed.
  ///
  /// The corresponding C function is `sigwait`.
  package static func next(of signals: [Signal]) -> Signal? {
    var set = SignalMask.set(of: signals)
    var number: Int32 = 0
    return sigwait(&set, &number) == 0 ? Signal(rawValue: number) : nil
  }

  /// Whether one of some blocked signals is pending for the calling thread or the process.
  ///
  /// The corresponding C function is `sigpending`.
  package static func isPending(oneOf signals: [Signal]) -> Bool {
    var pending = sigset_t()
    return sigpending(&pending) == 0
      && signals.contains { sigismember(&pending, $0.rawValue) == 1 }
  }
}

// In the type, `kill` is a signal.
private let system = kill
