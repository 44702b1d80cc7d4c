import Foundation
import MilterSystem
import MilterProcessFixtures

/// One version of doorman, running as a program on its own socket.
final class Shape: CustomStringConvertible {
  let description: String
  let spec: String
  private let program: StartedProgram
  private let directory: ScratchDirectory

  /// The options of every version: small limits, so that short sessions reach them.
  private static let options = [
    "-n", "mail.example.com", "-n", "MX.Example.Com", "-d", "blocked.example", "-d",
    "Worse.Example", "-r", "3", "-c", "2", "-b", "64", "-t", "[EXT]",
  ]

  /// Starts a program and waits until it accepts connections.
  init(_ name: String, program path: String, in directory: ScratchDirectory) throws {
    description = name
    self.directory = directory
    spec = "unix:\(directory.path(of: "\(name).sock"))"
    program = try StartedProgram(path, ["-p", spec] + Self.options)
    try program.wait(for: "\(name) to listen") { [spec] in
      (try? Socket.connect(to: SocketSpec(spec)))?.close() != nil
    }
  }

  /// Ends the program with SIGTERM, and returns its exit status.
  func stop() throws -> Int32 {
    kill(program.pid, SIGTERM)
    // libmilter checks for signals only every five seconds, and when a client connects.
    (try? Socket.connect(to: SocketSpec(spec)))?.close()
    return try program.waitForExit()
  }
}
