import MilterProcesses
import MilterSystem

/// The directory tree with the mail servers: the machine's own, or one with the packages of another release.
///
/// Programs of another tree run in it with `chroot`. They find the instance's directory and their users under
/// the same names, because `.ci/mta-tree` mounts `/run`, `/dev`, `/proc`, `/etc/passwd`, and `/etc/group` in
/// the tree.
struct MTATree: Sendable {
  /// The tree in the environment variable `SWIFT_MILTER_MTA_ROOT`, or the machine's own.
  static let current = MTATree(root: ThisProcess.variable("SWIFT_MILTER_MTA_ROOT") ?? "")

  /// Its root directory; empty for the machine's own tree.
  let root: String

  /// Returns the path of a file of the tree for this process.
  func path(of file: String) -> String { root + file }

  /// Whether the tree has a file.
  func has(_ file: String) -> Bool { FilePath(path(of: file)).isThere }

  /// Returns the command line that runs a program of the tree.
  ///
  /// - Parameters:
  ///   - program: The program's path in the tree.
  ///   - arguments: Its arguments.
  ///   - environment: Additions to ``Subprocess/environment``.
  /// - Returns: The program to start, and its arguments.
  func command(
    _ program: String, _ arguments: [String], environment: [String: String] = [:]
  ) -> (program: String, arguments: [String]) {
    // The variables are set in the tree, because a library to preload is one of the tree's, and not for
    // `chroot` itself.
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
