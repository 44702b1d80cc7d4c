import MilterCommandLine
import MilterPlatform
import MilterSystem

/// Postfix's own programs, which know better than anyone how it reads its files.
struct Postconf: Sendable {
  /// What a program printed, and how it ended.
  struct Answer: Sendable {
    let status: Int32
    let output: String
    let errors: String
  }

  /// How long a program may take.
  private static let patience = 10
  private static let places = ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"]

  private let program: String

  /// Finds the named program, or the installed one; nil if none is installed or the name is `none`.
  init?(_ named: String?) {
    if let named {
      guard named != "none" else { return nil }
      program = named
      return
    }
    let path = getenv("PATH").map { String(cString: $0) } ?? ""
    let directories = path.split(separator: ":").map(String.init) + Self.places
    let candidates = directories.map { (directory: String) -> String in directory + "/postconf" }
    let found = candidates.first { (candidate: String) -> Bool in access(candidate, X_OK) == 0 }
    guard let found else { return nil }
    program = found
  }

  /// Evaluates parameters for a service.
  ///
  /// - Returns: Those that this Postfix knows.
  /// - Throws: `PostfixText.Mistake` with the program's complaint.
  func values(
    _ names: [String], in directory: String, _ overrides: [PostfixService.Override]
  ) throws(PostfixText.Mistake) -> [String: String] {
    let own = overrides.flatMap { ["-o", "\($0.name)=\($0.value)"] }
    let answer = try run(program, ["-c", directory, "-x"] + own + names)
    guard answer.status == 0 else {
      throw .init(description: Self.words(answer.errors))
    }
    var values: [String: String] = [:]
    for line in answer.output.split(separator: "\n") {
      guard let (name, value) = try? PostfixText.assignment(line) else { continue }
      values[name] = value
    }
    return values
  }

  /// Looks a key up in a table.
  ///
  /// - Returns: The value; `nil` if there is none.
  /// - Throws: `PostfixText.Mistake` if the table cannot be read.
  func look(
    up key: String, in table: String, of directory: String
  ) throws(PostfixText.Mistake) -> String? {
    let postmap =
      program.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/") + "/postmap"
    let answer = try run(postmap, ["-c", directory, "-q", key, table])
    if answer.status == 0 { return PostfixText.trimmed(answer.output[...]) }
    guard answer.errors.isEmpty else { throw .init(description: Self.words(answer.errors)) }
    return nil
  }

  /// The first complaint, without the program's name and its level.
  private static func words(_ errors: String) -> String {
    let line = errors.split(separator: "\n").first { $0.contains(": ") } ?? "it failed"
    return String(line.split(separator: ": ", maxSplits: 2).last ?? line)
  }

  private func run(
    _ program: String, _ arguments: [String]
  ) throws(PostfixText.Mistake) -> Answer {
    var output: [Int32] = [-1, -1]
    var errors: [Int32] = [-1, -1]
    guard pipe(&output) == 0, pipe(&errors) == 0 else {
      throw .init(description: "cannot make a pipe: \(Errno(rawValue: errno))")
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
    close(output[1])
    close(errors[1])
    defer {
      close(output[0])
      close(errors[0])
    }
    guard failure == 0 else {
      throw .init(description: "cannot start \(program): \(Errno(rawValue: failure))")
    }
    let deadline = ContinuousClock.now + .seconds(Self.patience)
    let pieces = Self.read([output[0], errors[0]], until: deadline)
    if pieces == nil { kill(process, SIGKILL) }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    guard let pieces else {
      throw .init(description: "\(program) has not answered within \(Self.patience) seconds")
    }
    return Answer(status: status, output: pieces[0], errors: pieces[1])
  }

  /// Reads descriptors to their ends; nil if that takes too long.
  private static func read(
    _ descriptors: [Int32], until deadline: ContinuousClock.Instant
  ) -> [String]? {
    var pieces = descriptors.map { _ in [UInt8]() }
    var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while entries.contains(where: { $0.fd >= 0 }) {
      let left = (deadline - .now) / .milliseconds(1)
      guard left > 0 else { return nil }
      for index in entries.indices { entries[index].revents = 0 }
      guard poll(&entries, nfds_t(entries.count), Int32(left) + 1) >= 0 || errno == EINTR else {
        return nil
      }
      for index in entries.indices where entries[index].fd >= 0 && entries[index].revents != 0 {
        #if canImport(Darwin)
          let count = Darwin.read(entries[index].fd, &buffer, buffer.count)
        #elseif canImport(Musl)
          let count = Musl.read(entries[index].fd, &buffer, buffer.count)
        #else
          let count = Glibc.read(entries[index].fd, &buffer, buffer.count)
        #endif
        if count > 0 { pieces[index] += buffer[..<count] } else { entries[index].fd = -1 }
      }
    }
    return pieces.map { String(decoding: $0, as: UTF8.self) }
  }
}
