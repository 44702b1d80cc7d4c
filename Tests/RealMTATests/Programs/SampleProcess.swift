import Foundation
import Glibc

/// One of the programs under Samples/, run as its users run it.
///
/// It ends with this object, or with this process at the latest.
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
        throw HarnessError("\(name) ended at once; it says: \(daemon.log())")
      }
      return daemon.log().contains("listening on ")
    }
  }

  /// Starts the program on a port of 127.0.0.1, which is the directory's, and returns where that is.
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

  /// Its output so far.
  var log: String { daemon.log() }

  /// The real, effective, saved and file system user it runs as.
  func users() throws -> Set<uid_t> {
    let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("Uid:") } ?? ""
    return Set(line.split(separator: "\t").dropFirst().compactMap { uid_t($0) })
  }

  /// Ends it in the middle of whatever it is at.
  func kill() throws { _ = try end(by: SIGKILL) }

  /// Reloads its configuration, and waits until it has done so.
  func reload() throws {
    let count = daemon.log().components(separatedBy: "reloaded").count
    Glibc.kill(pid, SIGHUP)
    try wait(for: "a reload") {
      daemon.log().components(separatedBy: "reloaded").count > count
    }
  }

  /// Ends it the way a service manager does, and returns its exit status.
  func terminate() throws -> Int32 { try end(by: SIGTERM) }

  /// Ends it by a signal, and returns its exit status, or 128 plus the signal's number.
  func end(by signal: Int32) throws -> Int32 { try daemon.end(by: signal) }
}
