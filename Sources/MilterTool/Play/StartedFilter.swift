import MilterCommandLine
import Dispatch
@preconcurrency import MilterPlatform
import MilterSystem
import Synchronization

/// A filter that was started for the purpose, in a process group of its own.
final class StartedFilter: Sendable {
  /// How long it may take until it listens.
  private static let startLimit = Duration.seconds(60)
  /// How long it may take to end after SIGTERM.
  private static let endLimit = Duration.seconds(10)
  private static let placeholder = "{socket}"

  private let process: pid_t
  /// Whether the process has been reaped, after which another process may have its ID.
  private let isOver = SystemMutex(false)
  /// Whether a signal ends the program, on another thread.
  private let isInterrupted = Atomic(false)

  /// Runs `body` with a filter's socket; a filter that was started for it is ended afterwards.
  ///
  /// - Parameters:
  ///   - command: starts the filter; nil if it runs already.
  ///   - socket: where it listens; nil for a place of our choosing.
  ///   - body: gets the socket.
  /// - Returns: what `body` returns.
  /// - Throws: if the filter does not come to listen, or what `body` throws.
  static func with<Result>(
    _ command: String?, at socket: String?, _ body: (String) throws -> Result
  ) throws -> Result {
    guard let command else { return try body(socket ?? "") }
    guard socket != nil || command.contains(placeholder) else {
      throw UsageError("--exec \(command): write \(placeholder) where the filter's socket belongs")
    }
    if let socket { return try with(command, listeningAt: socket, nil, body) }
    let directory = try SocketDirectory()
    defer { directory.remove() }
    return try with(command, listeningAt: "unix:\(directory.path)/socket", directory, body)
  }

  private static func with<Result>(
    _ command: String, listeningAt socket: String, _ directory: SocketDirectory?,
    _ body: (String) throws -> Result
  ) throws -> Result {
    let spec = try SocketSpec(socket)
    let line = command.split(separator: placeholder, omittingEmptySubsequences: false)
      .joined(separator: socket)
    let filter = try StartedFilter(line)
    let signals = filter.stopOnSignals(directory)
    defer {
      // The signal ended the filter: its exit status is not reported.
      while filter.isInterrupted.load(ordering: .acquiring) { pause() }
      signals.forEach { $0.cancel() }
      if let end = filter.stop() { StandardOutput.complain("milter: the filter \(end)") }
    }
    try filter.waitUntilItListens(on: spec)
    return try body(socket)
  }

  private init(_ command: String) throws(FileError) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    // Standard output is for what came of the messages.
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for number in [SIGPIPE, SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var arguments = ["sh", "-c", command].map { (text: String) in strdup(text) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    let failure = posix_spawn(&process, "/bin/sh", &actions, &attributes, &arguments, environ)
    guard failure == 0 else {
      throw FileError("cannot start /bin/sh", Errno(rawValue: failure))
    }
    self.process = process
  }

  /// Waits until the filter accepts a connection, which is then closed without a command.
  private func waitUntilItListens(on spec: SocketSpec) throws(SocketError) {
    let deadline = ContinuousClock.now + Self.startLimit
    while true {
      do throws(SocketError) {
        try Socket.connect(to: spec, milliseconds: 1000).close()
        return
      } catch {
        if let end = ended(waiting: false) {
          throw SocketError(.systemCall, "the filter \(end) before it listened on \(spec)")
        }
        guard ContinuousClock.now < deadline else {
          throw SocketError(
            .timedOut, "the filter does not listen on \(spec) after \(Self.startLimit): \(error)")
        }
      }
      usleep(10_000)
    }
  }

  /// Ends the filter and all it started.
  ///
  /// - Returns: how it had ended before it was asked to; nil if it had not.
  @discardableResult
  private func stop() -> String? {
    if let end = ended(waiting: false) {
      kill(-process, SIGTERM)
      return end
    }
    kill(-process, SIGTERM)
    let deadline = ContinuousClock.now + Self.endLimit
    while ended(waiting: false) == nil, ContinuousClock.now < deadline { usleep(10_000) }
    kill(-process, SIGKILL)
    _ = ended(waiting: true)
    return nil
  }

  /// A description of how the filter ended; `nil` while it runs, or if it was returned before.
  private func ended(waiting: Bool) -> String? {
    isOver.withLock { isOver in
      var status: Int32 = 0
      guard !isOver, waitpid(process, &status, waiting ? 0 : WNOHANG) == process else { return nil }
      isOver = true
      let signal = status & 0x7f
      return signal == 0 ? "ended with status \((status >> 8) & 0xff)" : "ended by signal \(signal)"
    }
  }

  /// Handles the signals that end this program: they first end the filter and remove its directory.
  private func stopOnSignals(_ directory: SocketDirectory?) -> [any DispatchSourceSignal] {
    [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [self] in
        isInterrupted.store(true, ordering: .releasing)
        stop()
        directory?.remove()
        exit(128 + number)
      }
      source.resume()
      return source
    }
  }
}
