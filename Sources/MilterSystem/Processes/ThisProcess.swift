import MilterPlatform

/// The current process.
package enum ThisProcess {
  /// The process ID.
  ///
  /// The corresponding C function is `getpid`.
  package static var number: Int32 { getpid() }

  /// The ID of the parent process.
  ///
  /// The corresponding C function is `getppid`.
  package static var parent: Int32 { getppid() }

  /// The real user ID.
  ///
  /// The corresponding C function is `getuid`.
  package static var user: UInt32 { getuid() }

  /// The effective user ID.
  ///
  /// The corresponding C function is `geteuid`.
  package static var effectiveUser: UInt32 { geteuid() }

  /// Looks up a variable of the environment.
  ///
  /// The corresponding C function is `getenv`.
  package static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// Removes a variable from the environment; safe only while there is no other thread.
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
