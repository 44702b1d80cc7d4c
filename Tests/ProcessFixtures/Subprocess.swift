import Foundation
package import Glibc

/// What a program printed and how it ended.
package struct Subprocess {
  /// The exit status, or 128 plus the number of the signal that ended it.
  package let status: Int32
  /// All it wrote to standard output.
  package let output: [UInt8]
  /// All it wrote to standard error.
  package let errors: [UInt8]

  /// The environment our programs get: nothing of the caller's leaks into an MTA.
  ///
  /// Except for what tunes sanitizers: their suppressions hold for the programs that tests start, too.
  package static let environment = [
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC",
  ].merging(
    ProcessInfo.processInfo.environment.filter { name, _ in
      ["ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS"].contains(name)
    }
  ) { $1 }

  /// Runs a program to its end.
  ///
  /// Input and output go through unlinked files, so no amount of either can block the two sides on
  /// each other, and a daemon that keeps its standard output open does not keep us waiting.
  package static func run(
    _ program: String, _ arguments: [String], input: [UInt8] = [],
    environment: [String: String] = Subprocess.environment
  ) throws -> Subprocess {
    let input = try ScratchFile(containing: input)
    let output = try ScratchFile()
    let errors = try ScratchFile()
    let child = try spawn(
      program, arguments, environment: environment,
      descriptors: (input.descriptor, output.descriptor, errors.descriptor))
    let status = try waitForExit(of: child)
    return try Subprocess(status: status, output: output.contents(), errors: errors.contents())
  }

  /// Runs a program that has to succeed, and returns its standard output.
  package static func output(
    of program: String, _ arguments: [String], input: [UInt8] = []
  ) throws -> [UInt8] {
    let result = try run(program, arguments, input: input)
    guard result.status == 0 else {
      throw HarnessError(
        "\(program) \(arguments.joined(separator: " ")) ended with \(result.status): "
          + String(decoding: result.errors, as: UTF8.self))
    }
    return result.output
  }

  /// Starts a program in a session and process group of its own, with these three descriptors and no other.
  package static func spawn(
    _ program: String, _ arguments: [String], environment: [String: String],
    descriptors: (input: Int32, output: Int32, errors: Int32)
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, descriptors.input, 0)
    posix_spawn_file_actions_adddup2(&actions, descriptors.output, 1)
    posix_spawn_file_actions_adddup2(&actions, descriptors.errors, 2)
    // Other tests of this process may hold descriptors that are not close-on-exec.
    for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
      if let descriptor = Int32(name), descriptor > 2 {
        posix_spawn_file_actions_addclose(&actions, descriptor)
      }
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    // A server under test may ignore this one; its children must not.
    sigaddset(&signals, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    let newSession: Int32 = 0x80  // POSIX_SPAWN_SETSID, which Swift's Glibc does not show
    posix_spawnattr_setflags(
      &attributes, Int16(newSession | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var argv = ([program] + arguments).map { strdup($0) } + [nil]
    var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (argv + envp).forEach { free($0) } }
    var child = pid_t()
    let failure = posix_spawn(&child, program, &actions, &attributes, &argv, &envp)
    guard failure == 0 else {
      throw HarnessError("cannot start \(program): \(String(cString: strerror(failure)))")
    }
    return child
  }

  /// Waits for the end of a child of ours and reaps it.
  package static func waitForExit(of child: pid_t, within limit: Duration = .seconds(60)) throws
    -> Int32
  {
    try poll(for: "the end of process \(child)", within: limit) { try exitStatus(of: child) }
  }

  /// The exit status of a child of ours that has ended, which is then reaped; nil while it runs.
  package static func exitStatus(of child: pid_t) throws -> Int32? {
    var status: Int32 = 0
    let result = waitpid(child, &status, WNOHANG)
    guard result >= 0 else {
      throw HarnessError("waitpid(\(child)): \(String(cString: strerror(errno)))")
    }
    guard result == child else { return nil }
    return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
  }
}
