import Foundation

/// A redis-server on a Unix-domain socket.
///
/// Its data stay in a folder, so that it can be started again.
public final class RunningRedis {
  private let folder: ScratchFolder
  private let arguments: [String]
  private var program: RunningProgram?

  /// The socket's path.
  public var socket: String { folder.path(of: "redis.sock") }

  /// Starts a server, and waits until it answers.
  ///
  /// - Parameters:
  ///   - folder: Where its files are.
  ///   - sync: When Redis syncs its file. With `always`, Redis answers after the change is on the disk, so that
  ///     a kill loses nothing.
  ///   - arguments: Other settings.
  /// - Throws: An error if the server ends before it answers.
  public init(
    in folder: ScratchFolder, sync: String = "everysec", _ arguments: [String] = ["--port", "0"]
  ) throws {
    self.folder = folder
    self.arguments =
      [
        "--unixsocket", folder.path(of: "redis.sock"), "--dir", folder.path, "--save", "",
        "--appendonly", "yes", "--appendfsync", sync, "--daemonize", "no",
      ] + arguments
    try start()
  }

  /// Starts the server after it was killed.
  public func start() throws {
    let program = try RunningProgram(
      "redis-server", arguments, output: folder.path(of: "redis.log"))
    self.program = program
    try program.wait(for: "Redis") { try self.command("PING") == "PONG" }
  }

  /// Kills the server, which cannot save anything.
  public func kill() throws { try program?.end(by: SIGKILL) }

  /// Sends the server's process a signal, for example to stop it or to continue it.
  public func signal(_ number: Int32) { program?.signal(number) }

  /// Runs a command, and returns the output of redis-cli.
  @discardableResult
  public func command(_ words: String...) throws -> String {
    let run = try RunningProgram.run("redis-cli", ["-s", socket] + words, in: folder)
    return run.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
