package import Glibc
import MilterSystem

/// A program that runs until it is stopped, or until this object is released.
package final class StartedProgram {
  /// The process id, which is also the id of its process group.
  package let pid: pid_t
  private let outputFile: ScratchFile
  private let errorFile: ScratchFile
  private var status: Int32?

  /// Starts a program with an empty standard input.
  package init(
    _ program: String, _ arguments: [String],
    environment: [String: String] = Subprocess.environment
  ) throws {
    let input = try ScratchFile()
    defer { withExtendedLifetime(input) {} }
    outputFile = try ScratchFile()
    errorFile = try ScratchFile()
    pid = try Subprocess.spawn(
      program, arguments, environment: environment,
      descriptors: (input.descriptor, outputFile.descriptor, errorFile.descriptor))
  }

  deinit {
    if status == nil {
      kill(-pid, SIGKILL)
      _ = try? Subprocess.waitForExit(of: pid)
    }
  }

  /// Starts a server program of this package, and waits until it reports that it listens.
  package static func listening(
    _ name: String, _ arguments: [String]
  ) throws -> StartedProgram {
    let program = try StartedProgram(BuiltProgram.path(of: name), arguments)
    try program.wait(for: "\(name) to listen") { try program.errors.contains("listening on ") }
    return program
  }

  /// The program's standard output so far.
  package var output: String {
    get throws { String(decoding: try outputFile.contents(), as: UTF8.self) }
  }

  /// The program's standard error so far.
  package var errors: String {
    get throws { String(decoding: try errorFile.contents(), as: UTF8.self) }
  }

  /// Waits until a condition holds; throws an error with the program's output if it ends before.
  package func wait(for subject: String, until isSo: () throws -> Bool) throws {
    try poll(for: subject) {
      if try isSo() { return () }
      if let status = try Subprocess.exitStatus(of: pid) {
        self.status = status
        // The program may have met the condition between the first check and its end.
        if try isSo() { return () }
        throw HarnessError("waiting for \(subject), it ended with \(status): \(try errors)")
      }
      return nil
    }
  }

  /// Signals the program, waits for its end, and returns its exit status.
  package func end(by signal: Int32 = SIGTERM) throws -> Int32 {
    kill(pid, signal)
    return try waitForExit()
  }

  /// Waits for the program's end, and returns its exit status.
  package func waitForExit() throws -> Int32 {
    let end = try Subprocess.waitForExit(of: pid)
    status = end
    return end
  }
}
