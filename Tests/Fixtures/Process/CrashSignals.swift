import MilterProcesses

/// The signals with which the system or another process makes a program crash.
package enum CrashSignals {
  /// The environment in which these signals end a program, as they do in production.
  ///
  /// Swift's crash handler survives a signal of another process. A sanitizer's handler ends the program with an
  /// exit status.
  package static var environment: [String: String] {
    var environment = ["SWIFT_BACKTRACE": "enable=no"]
    guard BuiltProgram.isSanitized else { return environment }
    for name in ["TSAN_OPTIONS", "ASAN_OPTIONS"] {
      let options = Subprocess.environment[name].map { "\($0):" } ?? ""
      environment[name] = options + "handle_segv=0"
    }
    return environment
  }
}
