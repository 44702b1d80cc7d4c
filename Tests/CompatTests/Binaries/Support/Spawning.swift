import Foundation
import Glibc

/// Starting programs.
enum Spawning {
  /// What every program gets; nothing of the caller's environment leaks into it.
  static let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC"]

  /// What a program printed, and how it ended.
  struct Result {
    /// The exit status, or 128 plus the number of the signal that ended it.
    let status: Int32
    /// All it wrote to standard output and standard error.
    let output: String
  }

  /// Starts a program in a session of its own, with these descriptors for input and output.
  static func start(
    _ program: String, _ arguments: [String], environment: [String: String] = environment,
    input: Int32, output: Int32
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (source, target) in [(input, 0), (output, 1), (output, 2)] as [(Int32, Int32)] {
      posix_spawn_file_actions_adddup2(&actions, source, target)
    }
    // Other tests of this process may hold descriptors that are not close-on-exec.
    for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
      if let descriptor = Int32(name), descriptor > 2 {
        posix_spawn_file_actions_addclose(&actions, descriptor)
      }
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    let newSession: Int32 = 0x80  // POSIX_SPAWN_SETSID, which Swift's Glibc does not show
    posix_spawnattr_setflags(&attributes, Int16(newSession | POSIX_SPAWN_SETSIGMASK))

    var argv = ([program] + arguments).map { strdup($0) } + [nil]
    var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (argv + envp).forEach { free($0) } }
    var child = pid_t()
    let failure = posix_spawn(&child, program, &actions, &attributes, &argv, &envp)
    guard failure == 0 else {
      throw CompatError("cannot start \(program): \(String(cString: strerror(failure)))")
    }
    return child
  }

  /// Runs a program to its end, and kills it if that takes more than ten minutes.
  static func run(
    _ program: String, _ arguments: [String], environment: [String: String] = environment
  ) throws -> Result {
    let folder = try TestFolder()
    let output = open(folder.path(of: "output"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer {
      close(output)
      close(null)
    }
    let child = try start(program, arguments, environment: environment, input: null, output: output)
    let deadline = ContinuousClock.now + .seconds(600)
    var status: Int32 = 0
    while waitpid(child, &status, WNOHANG) == 0 {
      if ContinuousClock.now > deadline { kill(child, SIGKILL) }
      usleep(1_000)
    }
    let code = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    return Result(status: code, output: folder.read("output"))
  }

  /// Runs a program that has to succeed, and returns what it printed.
  @discardableResult
  static func output(
    of program: String, _ arguments: [String], environment: [String: String] = environment
  ) throws -> String {
    let result = try run(program, arguments, environment: environment)
    guard result.status == 0 else {
      throw CompatError(
        "\(program) \(arguments.joined(separator: " ")) ended with \(result.status):\n"
          + result.output)
    }
    return result.output
  }

  /// The path of the first of these programs that is installed.
  static func find(_ names: String...) -> String? {
    let inherited = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let folders = "\(inherited):\(environment["PATH"] ?? "")".split(separator: ":")
    let paths = names.flatMap { name in folders.map { "\($0)/\(name)" } }
    return paths.first { access($0, X_OK) == 0 }
  }
}
