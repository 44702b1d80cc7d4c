import MilterPlatform

/// A child process of this process.
package struct ChildProcess: Sendable {
  /// The process ID.
  package let number: Int32

  /// How a process ended.
  package enum End: Hashable, Sendable, CustomStringConvertible {
    /// It exited with a status.
    case status(Int32)
    /// A signal ended it.
    case signal(Int32)

    fileprivate init(_ status: Int32) {
      self = status & 0x7f == 0 ? .status(status >> 8 & 0xff) : .signal(status & 0x7f)
    }

    /// The exit status, or 128 plus the number of the signal that ended the process, as in shells.
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

  /// Creates a value for a child process from its ID.
  package init(number: Int32) { self.number = number }

  /// Starts a program in this process's group, with its standard descriptors.
  ///
  /// - Parameters:
  ///   - program: The path.
  ///   - arguments: All arguments. The first is the program's name.
  ///   - environment: Words of the form `NAME=VALUE`.
  ///   - inherited: Descriptors that become the child's descriptors 3, 4, and so on. All others must be
  ///     close-on-exec.
  ///   - signalMask: The blocked signals of its first thread.
  /// - Throws: ``FileError`` if the program cannot be started.
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

  /// Starts a shell command in its own process group, with empty standard input, and with this process's
  /// standard error as its output.
  ///
  /// Signals have their default actions in it.
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

  /// Starts a program in its own session and process group.
  ///
  /// - Parameters:
  ///   - program: The path.
  ///   - arguments: The arguments after the program's name.
  ///   - environment: Words of the form `NAME=VALUE`.
  ///   - descriptors: Its only descriptors, which become 0, 1, 2, and so on.
  /// - Throws: ``FileError`` if the program cannot be started.
  package init(
    session program: String, _ arguments: [String], environment: [String], descriptors: [Int32]
  ) throws(FileError) {
    var start = ProgramStart(program: program, arguments: [program] + arguments)
    start.environment = environment
    start.inherited = descriptors
    start.firstInherited = 0
    start.closesOthers = true
    start.signalMask = SignalMask.none
    // This process may ignore the signal, but its children must not.
    start.defaultSignals = [.brokenPipe]
    start.place = .ownSession
    number = try start.start()
  }

  /// Returns the environment of this process without some variables, as `NAME=VALUE`.
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

  /// Sends a signal to the process group of the process, if it has its own.
  package func signalGroup(_ signal: Signal) { signal.send(toGroup: number) }

  /// Waits until the process ends.
  ///
  /// Call it only once. The corresponding C function is `waitpid`.
  package func waitForEnd() -> End {
    var status: Int32 = 0
    while waitpid(number, &status, 0) == -1, errno == EINTR {}
    return End(status)
  }

  /// Returns how the process ended; `nil` while it is running.
  ///
  /// After it has ended, another process may get its ID, so do not call the method again.
  ///
  /// - Throws: The system's error if this is not a child of this process.
  package func endIfOver() throws(Errno) -> End? {
    var status: Int32 = 0
    let result = try Syscalls.retrying { waitpid(number, &status, WNOHANG) }
    return result == number ? End(status) : nil
  }
}
