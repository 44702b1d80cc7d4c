import Glibc

/// A program we started.
///
/// Our own descriptors are close-on-exec, so it gets only those it is given.
final class Subprocess: @unchecked Sendable {
  let pid: pid_t
  private var status: Int32?

  /// Starts a program with these descriptors as its standard input, output and error output.
  init(
    _ program: String, _ arguments: [String], environment: [String: String],
    input: Int32, output: Int32, errors: Int32
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    var argv = ([program] + arguments).map { strdup($0) } + [nil]
    var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for string in argv + envp { free(string) } }
    var child = pid_t()
    let failure = posix_spawnp(&child, program, &actions, nil, &argv, &envp)
    guard failure == 0 else { throw TestError.system("cannot start \(program)", failure) }
    pid = child
  }

  deinit {
    kill()
  }

  /// Waits for the end; the status is 128 and more after a signal.
  @discardableResult
  func wait() -> Int32 {
    if let status { return status }
    var raw: Int32 = 0
    while waitpid(pid, &raw, 0) < 0 && errno == EINTR {}
    let status = raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + (raw & 0x7f)
    self.status = status
    return status
  }

  /// Ends it at once: the original takes seconds to stop when asked.
  func kill() {
    guard status == nil else { return }
    _ = Glibc.kill(pid, SIGKILL)
    wait()
  }

  /// Runs a program to its end; what it prints goes to the file `log`.
  static func run(
    _ program: String, _ arguments: [String], environment: [String: String], log: String
  ) throws {
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    let output = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    defer {
      close(null)
      close(output)
    }
    let process = try Subprocess(
      program, arguments, environment: environment, input: null, output: output, errors: output)
    let status = process.wait()
    guard status == 0 else {
      let text = String(decoding: try ScratchFile(log).contents(), as: UTF8.self)
      throw TestError("\(program) \(arguments.joined(separator: " ")): \(status)\n\(text)")
    }
  }
}
