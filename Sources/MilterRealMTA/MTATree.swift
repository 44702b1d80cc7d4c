import Foundation
import MilterProcesses

/// The directory tree with the mail servers: the machine's own, or one with another release's packages.
///
/// Programs of another tree run in it by `chroot`. They find the instance's directory and their users
/// there under the names of this machine, because `.ci/mta-tree`
/// mounts `/run`, `/dev`, `/proc`, `/etc/passwd` and `/etc/group` in the tree.
struct MTATree: Sendable {
  /// The one that the environment variable `SWIFT_MILTER_MTA_ROOT` names, else the machine's own.
  static let current = MTATree(
    root: ProcessInfo.processInfo.environment["SWIFT_MILTER_MTA_ROOT"] ?? "")

  /// Its root directory; empty for the machine's own tree.
  let root: String

  /// The path by which this process finds a file of the tree.
  func path(of file: String) -> String { root + file }

  /// Whether the tree has a file.
  func has(_ file: String) -> Bool { FileManager.default.fileExists(atPath: path(of: file)) }

  /// Returns the command line that runs a program of the tree.
  ///
  /// - Parameters:
  ///   - program: The program's path in the tree.
  ///   - arguments: Its arguments.
  ///   - environment: What its environment has beyond ``Subprocess/environment``.
  /// - Returns: The program to start, and its arguments.
  func command(
    _ program: String, _ arguments: [String], environment: [String: String] = [:]
  ) -> (program: String, arguments: [String]) {
    // Set in the tree: a library to preload is one of the tree's, and not for `chroot` itself.
    let settings = environment.map { "\($0)=\($1)" }.sorted()
    let inside = ["/usr/bin/env"] + settings + [program] + arguments
    return root.isEmpty
      ? (inside[0], Array(inside[1...])) : ("/usr/sbin/chroot", [root] + inside)
  }

  /// Runs a program of the tree, and throws an error with its output unless it exits with status 0.
  @discardableResult
  func succeed(
    _ program: String, _ arguments: [String], input: [UInt8] = []
  ) throws -> Subprocess {
    let command = command(program, arguments)
    return try Subprocess.succeed(command.program, command.arguments, input: input)
  }

  /// Starts a server of the tree, whose output goes to the file `output` of a directory.
  func start(
    _ program: String, _ arguments: [String], environment: [String: String], in directory: String
  ) throws -> Daemon {
    let command = command(program, arguments, environment: environment)
    return try Daemon(command.program, command.arguments, in: directory, log: "output")
  }
}
