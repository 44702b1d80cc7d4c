import Foundation
import Glibc

/// One of the programs under Samples/, run as its users run it.
///
/// The program ends with this object, or at the latest with this process.
final class SampleProcess {
  private let daemon: Daemon

  /// Starts the program that was built along with these tests, and waits until it listens.
  init(
    _ name: String, _ arguments: [String], in directory: InstanceDirectory, log: String = "log",
    environment: [String: String] = [:]
  ) throws {
    daemon = try Daemon(
      BuiltProgram.path(of: name), arguments,
      environment: Subprocess.environment.merging(environment) { $1 }, in: directory.path, log: log)
    try wait(for: "\(name) to listen") { [daemon] in
      if try daemon.hasEnded() {
        throw HarnessError("\(name) ended at once; its log: \(daemon.log())")
      }
      return daemon.log().contains("listening on ")
    }
  }

  /// Starts the program on a port of 127.0.0.1 that the directory reserves, and returns its socket.
  static func start(
    _ name: String, _ arguments: [String] = [], in directory: InstanceDirectory,
    environment: [String: String] = [:]
  ) throws -> (SampleProcess, MilterSocket) {
    let socket = MilterSocket.inet(port: try directory.reservePort())
    return (
      try SampleProcess(
        name, ["--socket", socket.spec] + arguments, in: directory, environment: environment),
      socket
    )
  }

  /// The process id.
  var pid: pid_t { daemon.pid }

  /// The output so far.
  var log: String { daemon.log() }

  /// The real, effective, saved and file system user it runs as.
  func users() throws -> Set<uid_t> {
    Set(try ProcFile.status("Uid", of: pid).compactMap { uid_t($0) })
  }

  /// Kills the program.
  func kill() throws { _ = try end(by: SIGKILL) }

  /// Makes the program reload its configuration, and waits for the end of the reload.
  func reload() throws {
    let count = daemon.log().components(separatedBy: "reloaded").count
    Glibc.kill(pid, SIGHUP)
    try wait(for: "a reload") {
      daemon.log().components(separatedBy: "reloaded").count > count
    }
  }

  /// Ends the program as a service manager does, and returns its exit status.
  func terminate() throws -> Int32 { try end(by: SIGTERM) }

  /// Sends a signal, and returns the exit status, or 128 plus the number of the signal that ended the
  /// program.
  func end(by signal: Int32) throws -> Int32 { try daemon.end(by: signal) }
}
