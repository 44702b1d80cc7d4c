import MilterPlatform

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

    fileprivate init(_ status: Int32) {
      self = status & 0x7f == 0 ? .status(status >> 8 & 0xff) : .signal(status & 0x7f)
    }

    /// The exit status, or 128 plus the number of the signal that ended it, as shells show it.
    package var shellStatus: Int32 {
      switch self {
      case .status(let status): status
      case .signal(let number): 128 + number
      }
    }

    package var description: String {
      switch self {
      case .status(let status): "status \(status)"
      case .signal(let number): "signal \(number) (\(String(cString: strsignal(number))))"
      }
    }
  }

  /// A process that this one started, by its number.
  package init(number: Int32) { self.number = number }

  /// Starts a program in this process's group, with its standard descriptors.
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
    signalMask: SignalMask
  ) throws(FileError) {
    var start = ProgramStart(program: program, arguments: arguments)
    start.environment = environment
    start.inherited = inherited
    start.signalMask = signalMask
    number = try start.start()
  }

  /// Starts a command of the shell in a group of its own: with nothing on its standard input, and what
  /// it prints on this process's standard error.
  ///
  /// Signals do to it what they do by default.
  ///
  /// - Parameter command: The command.
  /// - Throws: ``FileError`` if there is no shell.
  package init(shell command: String) throws(FileError) {
    var start = ProgramStart(program: "/bin/sh", arguments: ["sh", "-c", command])
    start.hasEmptyInput = true
    start.printsToStandardError = true
    start.signalMask = SignalMask.none
    start.defaultSignals = [.brokenPipe, .interrupt, .terminate, .hangup]
    start.place = .ownGroup
    number = try start.start()
  }

  /// Starts a program in a session and group of its own.
  ///
  /// - Parameters:
  ///   - program: The path.
  ///   - arguments: Those after the program's name.
  ///   - environment: Words of the form `NAME=VALUE`.
  ///   - descriptors: The only ones that it has: they become 0, 1, 2 and so on.
  /// - Throws: ``FileError`` if it cannot be started.
  package init(
    session program: String, _ arguments: [String], environment: [String], descriptors: [Int32]
  ) throws(FileError) {
    var start = ProgramStart(program: program, arguments: [program] + arguments)
    start.environment = environment
    start.inherited = descriptors
    start.firstInherited = 0
    start.closesOthers = true
    start.signalMask = SignalMask.none
    // This process may ignore it; its children must not.
    start.defaultSignals = [.brokenPipe]
    start.place = .ownSession
    number = try start.start()
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
  package func signal(_ signal: Signal) { signal.send(to: number) }

  /// Sends a signal to the group that the process was started in, if that is its own.
  package func signalGroup(_ signal: Signal) { signal.send(toGroup: number) }

  /// Waits until the process ends.
  ///
  /// Call it only once. The corresponding C function is `waitpid`.
  package func waitForEnd() -> End {
    var status: Int32 = 0
    while waitpid(number, &status, 0) == -1, errno == EINTR {}
    return End(status)
  }

  /// How the process ended; nil while it runs.
  ///
  /// Once it has ended, its number may be another's: it is not to be asked again.
  ///
  /// - Throws: The system's error if it is no child of this process.
  package func endIfOver() throws(Errno) -> End? {
    var status: Int32 = 0
    let result = try Syscalls.retrying { waitpid(number, &status, WNOHANG) }
    return result == number ? End(status) : nil
  }
}
