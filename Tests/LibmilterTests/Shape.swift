import Foundation
import MilterSockets

/// One of the doormen, running as a program of its own on a socket of its own.
final class Shape: Sendable, CustomStringConvertible {
  let description: String
  let spec: String
  private let program: RunningProgram

  /// What all of them are told: small limits, so that short sessions reach them.
  private static let options = [
    "-n", "mail.example.com", "-n", "MX.Example.Com", "-d", "blocked.example", "-d",
    "Worse.Example", "-r", "3", "-c", "2", "-b", "64", "-t", "[EXT]",
  ]

  /// Starts a program and waits until it takes connections.
  init(_ name: String, program path: String, in directory: String) throws {
    description = name
    spec = "unix:\(directory)/\(name).sock"
    program = try RunningProgram(path, ["-p", spec] + Self.options)
    while true {
      guard program.isRunning else { throw ShapeError("\(name) ended at once") }
      if let socket = try? Socket.connect(to: SocketSpec(spec)) {
        socket.close()
        return
      }
      guard program.age < .seconds(20) else { throw ShapeError("\(name) does not listen") }
      usleep(2000)  // nothing tells when another program has begun to listen
    }
  }

  /// Ends the program as an administrator does, and returns its exit status.
  func stop() throws -> Int32 {
    program.terminate()
    // The original looks for signals only every five seconds, and when a client comes.
    (try? Socket.connect(to: SocketSpec(spec)))?.close()
    return try program.waitForExit()
  }
}

/// Why the comparison cannot be made.
struct ShapeError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
