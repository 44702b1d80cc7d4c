import MilterSystem

/// The output and exit status of a program.
package struct Subprocess {
  /// The exit status, or 128 plus the number of the signal that ended it.
  package let status: Int32
  /// The standard output, byte for byte.
  package let outputBytes: [UInt8]
  /// The standard error.
  package let errors: String

  /// The standard output as text.
  package var output: String { String(decoding: outputBytes, as: UTF8.self) }

  /// The environment of all programs.
  ///
  /// MTAs do not inherit the caller's environment.
  ///
  /// The exception is the options of the thread sanitizer, because its suppressions also apply to these
  /// programs. Leak detection is off, because a program that exits does not free its memory.
  package static let environment: [String: String] = {
    var environment = [
      "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC",
      "ASAN_OPTIONS": "detect_leaks=0",
    ]
    environment["TSAN_OPTIONS"] = ThisProcess.variable("TSAN_OPTIONS")
    return environment
  }()

  /// Returns the path of the first of these programs that is installed.
  package static func find(_ names: String...) -> String? {
    let others = environment["PATH"] ?? ""
    return ProgramFile.find(names, alsoIn: others.split(separator: ":").map(String.init))
  }

  /// Runs a program to its end.
  ///
  /// Input and output are unlinked files, so that no amount of data can block both sides, and a daemon that
  /// keeps its standard output open does not block the caller. The limit is for programs that hang: on a busy
  /// machine, seconds become minutes.
  package static func run(
    _ program: String, _ arguments: [String], input: [UInt8] = [],
    environment: [String: String] = Subprocess.environment, within limit: Duration = .seconds(300)
  ) throws -> Subprocess {
    let input = try ScratchFile(containing: input)
    let output = try ScratchFile()
    let errors = try ScratchFile()
    defer { withExtendedLifetime(input) {} }
    let child = try spawn(
      program, arguments, environment: environment,
      descriptors: (input.descriptor, output.descriptor, errors.descriptor))
    do {
      let status = try waitForExit(of: child, within: limit)
      return try Subprocess(
        status: status, outputBytes: output.contents(),
        errors: String(decoding: errors.contents(), as: UTF8.self))
    } catch {
      Signal.kill.send(toGroup: child)
      throw error
    }
  }

  /// Runs a program, and throws an error with its output unless it exits with status 0.
  @discardableResult
  package static func succeed(
    _ program: String, _ arguments: [String], input: [UInt8] = [],
    environment: [String: String] = Subprocess.environment, within limit: Duration = .seconds(300)
  ) throws -> Subprocess {
    let result = try run(
      program, arguments, input: input, environment: environment, within: limit)
    guard result.status == 0 else {
      throw HarnessError(
        "\(program) \(arguments.joined(separator: " ")) ended with \(result.status): "
          + result.output + result.errors, .programFailed)
    }
    return result
  }

  /// Starts a program in a new session and process group, with only these descriptors.
  ///
  /// The descriptors in `inherited` become the program's descriptors 3, 4, and so on, as in socket activation.
  package static func spawn(
    _ program: String, _ arguments: [String], environment: [String: String],
    descriptors: (input: Int32, output: Int32, errors: Int32), inherited: [Int32] = []
  ) throws -> Int32 {
    try ChildProcess(
      session: program, arguments, environment: environment.map { "\($0.key)=\($0.value)" },
      descriptors: [descriptors.input, descriptors.output, descriptors.errors] + inherited
    ).number
  }

  /// Waits for the end of a child process and reaps it.
  package static func waitForExit(of child: Int32, within limit: Duration = .seconds(60)) throws
    -> Int32
  {
    try poll(for: "the end of process \(child)", within: limit) { try exitStatus(of: child) }
  }

  /// Reaps a child process that has ended, and returns its exit status; `nil` while it runs.
  package static func exitStatus(of child: Int32) throws -> Int32? {
    do throws(Errno) {
      return try ChildProcess(number: child).endIfOver()?.shellStatus
    } catch {
      throw HarnessError.system("waitpid(\(child))", error.rawValue)
    }
  }
}
