import Foundation
public import Glibc

/// A running program.
///
/// It is killed when this object is released.
public final class RunningProgram {
  /// The process id.
  public let pid: pid_t
  private let output: String
  private var status: Int32?

  /// Starts a program whose output goes to a file.
  ///
  /// - Parameters:
  ///   - program: Its path, or its name in `PATH`.
  ///   - arguments: Its arguments.
  ///   - output: The file's path.
  /// - Throws: An error if there is no such program.
  public init(_ program: String, _ arguments: [String], output: String) throws {
    self.output = output
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    let file = open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    defer {
      close(null)
      close(file)
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, null, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, file, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, file, STDERR_FILENO)
    // This process ignores SIGPIPE, and its threads may block signals; the program must not.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var words = ([program] + arguments).map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    var child = pid_t()
    let failure = posix_spawnp(&child, program, &actions, &attributes, &words, environ)
    guard failure == 0 else {
      throw FixtureError("cannot start \(program): \(String(cString: strerror(failure)))")
    }
    pid = child
  }

  deinit {
    guard status == nil else { return }
    kill(pid, SIGKILL)
    waitpid(pid, nil, 0)
  }

  /// Runs a program to its end, and returns its status and what it printed.
  public static func run(
    _ program: String, _ arguments: [String], in folder: ScratchFolder
  ) throws -> (status: Int32, output: String) {
    let file = folder.path(of: "output.\(UUID().uuidString)")
    let started = try RunningProgram(program, arguments, output: file)
    let status = try started.end()
    return (status, started.log)
  }

  /// The program's output so far.
  public var log: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }

  /// Sends a signal.
  public func signal(_ number: Int32) { kill(pid, number) }

  /// Waits until a condition is true.
  ///
  /// Fails with the program's output if the program ends before.
  public func wait(for subject: String, until isSo: () throws -> Bool) throws {
    try poll(for: subject) {
      if try isSo() { return () }
      if try hasEnded() { throw FixtureError("waiting for \(subject), it ended: \(log)") }
      return nil
    }
  }

  /// Whether the program has ended.
  public func hasEnded() throws -> Bool {
    guard status == nil else { return true }
    var word: Int32 = 0
    guard waitpid(pid, &word, WNOHANG) == pid else { return false }
    status = word & 0x7f == 0 ? (word >> 8) & 0xff : 128 + (word & 0x7f)
    return true
  }

  /// Sends a signal, if one is given, and waits for the end of the program.
  ///
  /// - Returns: The exit status, or 128 plus the number of the signal that ended the program.
  @discardableResult
  public func end(by number: Int32? = nil) throws -> Int32 {
    if let number, try !hasEnded() { signal(number) }
    return try poll(for: "the end of a program") { try hasEnded() ? status : nil }
  }
}
