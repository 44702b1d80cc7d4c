import MilterPlatform

/// The process that this code runs in.
package enum ThisProcess {
  /// Its number.
  ///
  /// The corresponding C function is `getpid`.
  package static var number: Int32 { getpid() }

  /// The number of the process that started it.
  ///
  /// The corresponding C function is `getppid`.
  package static var parent: Int32 { getppid() }

  /// The user that started it.
  ///
  /// The corresponding C function is `getuid`.
  package static var user: UInt32 { getuid() }

  /// The user whose rights it has.
  ///
  /// The corresponding C function is `geteuid`.
  package static var effectiveUser: UInt32 { geteuid() }

  /// Looks up a variable of the environment.
  ///
  /// The corresponding C function is `getenv`.
  package static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// Removes a variable from the environment; only safe while there is no other thread.
  ///
  /// The corresponding C function is `unsetenv`.
  package static func removeVariable(_ name: String) { unsetenv(name) }

  /// Waits for a signal.
  ///
  /// The corresponding C function is `pause`.
  package static func waitForSignal() { pause() }

  /// Ends the process.
  ///
  /// The corresponding C function is `exit`.
  package static func end(_ status: Int32) -> Never { exit(status) }
}
