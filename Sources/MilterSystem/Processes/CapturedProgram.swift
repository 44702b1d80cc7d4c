import MilterPlatform

/// The output and the status of a program that has ended.
package struct CapturedProgram: Sendable {
  /// The status from `waitpid`; 0 for success.
  package let status: Int32
  /// Its standard output.
  package let output: String
  /// Its standard error.
  package let errors: String

  /// Finds a program in the directories of `PATH` or in other ones; `nil` if no directory has it.
  package static func find(_ name: String, alsoIn others: [String]) -> String? {
    let path = ThisProcess.variable("PATH") ?? ""
    let directories = path.split(separator: ":").map(String.init) + others
    return directories.map { "\($0)/\(name)" }.first { FilePath($0).isExecutable }
  }

  /// Runs a program with empty standard input; `nil` if it takes too long and is killed.
  ///
  /// The corresponding C function is `posix_spawn`.
  ///
  /// - Parameters:
  ///   - program: The path.
  ///   - arguments: The arguments after the program's name.
  ///   - limit: The maximum time.
  /// - Throws: ``FileError`` if the program cannot be started.
  package init?(
    _ program: String, _ arguments: [String], within limit: Duration
  ) throws(FileError) {
    var output: [Int32] = [-1, -1]
    var errors: [Int32] = [-1, -1]
    guard pipe(&output) == 0 else { throw FileError("cannot create a pipe", .current) }
    guard pipe(&errors) == 0 else {
      let error = FileError("cannot create a pipe", .current)
      for descriptor in output { Syscalls.closeDescriptor(descriptor) }
      throw error
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, errors[1], STDERR_FILENO)
    for descriptor in output + errors {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    var words = ([program] + arguments).map { (text: String) in strdup(text) } + [nil]
    defer { for word in words { free(word) } }
    var process = pid_t()
    let failure = posix_spawn(&process, program, &actions, nil, &words, environ)
    Syscalls.closeDescriptor(output[1])
    Syscalls.closeDescriptor(errors[1])
    defer {
      Syscalls.closeDescriptor(output[0])
      Syscalls.closeDescriptor(errors[0])
    }
    guard failure == 0 else {
      throw FileError("cannot start \(program)", Errno(rawValue: failure))
    }
    let pieces = Self.read([output[0], errors[0]], until: ContinuousClock.now + limit)
    if pieces == nil { kill(process, SIGKILL) }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    guard let pieces else { return nil }
    self.status = status
    self.output = pieces[0]
    self.errors = pieces[1]
  }

  /// Reads descriptors to their ends; `nil` if this takes too long.
  private static func read(
    _ descriptors: [Int32], until deadline: ContinuousClock.Instant
  ) -> [String]? {
    var pieces = descriptors.map { _ in [UInt8]() }
    var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    while entries.contains(where: { $0.fd >= 0 }) {
      let left = (deadline - .now) / .milliseconds(1)
      guard left > 0 else { return nil }
      for index in entries.indices { entries[index].revents = 0 }
      guard poll(&entries, nfds_t(entries.count), Int32(left) + 1) >= 0 || errno == EINTR else {
        return nil
      }
      for index in entries.indices where entries[index].fd >= 0 && entries[index].revents != 0 {
        let more = Syscalls.readSome(entries[index].fd)
        if more.isEmpty { entries[index].fd = -1 } else { pieces[index] += more }
      }
    }
    return pieces.map { String(decoding: $0, as: UTF8.self) }
  }
}
