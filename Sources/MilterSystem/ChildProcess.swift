package import MilterPlatform

/// A process that this one started, and waits for.
package struct ChildProcess: Sendable {
  /// The process ID.
  package let number: Int32

  /// How a process ended.
  package enum End: Hashable, Sendable, CustomStringConvertible {
    /// By itself, with an exit status.
    case status(Int32)
    /// By a signal.
    case signal(Int32)

    package var description: String {
      switch self {
      case .status(let status): "status \(status)"
      case .signal(let number): "signal \(number) (\(String(cString: strsignal(number))))"
      }
    }
  }

  /// Starts a program in this process's group, with its standard descriptors.
  ///
  /// The corresponding C function is `posix_spawn`.
  ///
  /// - Parameters:
  ///   - program: The path.
  ///   - arguments: All arguments. The first is the program's name.
  ///   - environment: Words of the form `NAME=VALUE`.
  ///   - inherited: Descriptors that become its descriptors 3, 4 and so on. All others must
  ///     be close-on-exec.
  ///   - signalMask: The signals that its first thread has blocked.
  /// - Throws: ``FileError`` if it cannot be started.
  package init(
    _ program: String, _ arguments: [String], environment: [String], inherited: [Int32],
    signalMask: sigset_t
  ) throws(FileError) {
    let first = STDERR_FILENO + 1
    // Out of the way first: a source must not be another's target.
    let copies = inherited.map { fcntl($0, F_DUPFD_CLOEXEC, first + Int32(inherited.count)) }
    defer { for copy in copies where copy != -1 { Syscalls.closeDescriptor(copy) } }
    guard !copies.contains(-1) else {
      throw FileError("cannot hand descriptors to \(program)", .current)
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, copy) in zip(first..., copies) {
      posix_spawn_file_actions_adddup2(&actions, copy, target)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var mask = signalMask
    posix_spawnattr_setsigmask(&attributes, &mask)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var words = arguments.map { (text: String) in strdup(text) } + [nil]
    var variables = environment.map { (text: String) in strdup(text) } + [nil]
    defer { for word in words + variables { free(word) } }
    var process = pid_t()
    let failure = posix_spawn(&process, program, &actions, &attributes, &words, &variables)
    guard failure == 0 else {
      throw FileError("cannot start \(program)", Errno(rawValue: failure))
    }
    number = process
  }

  /// The variables of this process's environment, as `NAME=VALUE`, without some.
  package static func environment(without names: Set<String>) -> [String] {
    var result: [String] = []
    var index = 0
    while let word = environ[index] {
      let text = String(cString: word)
      if !names.contains(String(text.prefix { $0 != "=" })) { result.append(text) }
      index += 1
    }
    return result
  }

  /// Sends a signal to the process.
  package func signal(_ signal: Int32) { kill(number, signal) }

  /// Waits until the process ends.
  ///
  /// Call it only once.
  package func waitForEnd() -> End {
    var status: Int32 = 0
    while waitpid(number, &status, 0) == -1, errno == EINTR {}
    return status & 0x7f == 0 ? .status(status >> 8 & 0xff) : .signal(status & 0x7f)
  }
}
