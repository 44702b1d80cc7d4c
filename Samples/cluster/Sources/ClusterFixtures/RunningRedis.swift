import Foundation

/// A redis-server with a Unix-domain socket, whose data outlives it.
public final class RunningRedis {
  private let folder: ScratchFolder
  private let arguments: [String]
  private var program: RunningProgram?

  /// The socket's path.
  public var socket: String { folder.path(of: "redis.sock") }

  /// Starts a server, and waits until it answers.
  ///
  /// - Parameters:
  ///   - folder: where its files are.
  ///   - sync: when its file is synced; with `always` an answer is sent when its effect is on the disk, so
  ///     that a kill loses nothing.
  ///   - arguments: settings besides.
  /// - Throws: an error if it does not come to serve.
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

  /// Ends the server at once, without a chance to save anything.
  public func kill() throws { try program?.end(by: SIGKILL) }

  /// Stops the server's process, or has it go on.
  public func signal(_ number: Int32) { program?.signal(number) }

  /// Has the server carry out a command, and returns what redis-cli prints.
  @discardableResult
  public func command(_ words: String...) throws -> String {
    let run = try RunningProgram.run("redis-cli", ["-s", socket] + words, in: folder)
    return run.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
