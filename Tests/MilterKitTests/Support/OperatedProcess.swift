import Foundation
import MilterProcessFixtures
import MilterSystem

/// A filter, run as a process as a service manager would: that of Tests/Programs/OperatedFilter, or another one.
///
/// It ends with this object at the latest.
final class OperatedProcess {
  let pid: pid_t
  /// Its log.
  let log: ProcessOutput
  private var status: Int32?

  /// Starts it.
  ///
  /// - Parameters:
  ///   - arguments: Its command line.
  ///   - program: The name of its product.
  ///   - path: Where it is instead.
  ///   - environment: Its environment.
  ///   - inherited: Descriptors that it gets as 3, 4 and so on, by socket activation.
  ///   - limits: `ulimit` options.
  /// - Throws: If it cannot be started.
  init(
    _ arguments: [String], program: String = "milter-operated-filter", at path: String? = nil,
    environment: [String: String] = [:], inherited: [Int32] = [], limits: String = ""
  ) throws {
    log = try ProcessOutput()
    var environment = Subprocess.environment.merging(environment) { $1 }
    var prelude = limits.isEmpty ? "" : "ulimit \(limits); "
    if !inherited.isEmpty {
      environment["LISTEN_FDS"] = "\(inherited.count)"
      prelude += "LISTEN_PID=$$; export LISTEN_PID; "
    }
    let nothing = try ScratchFile()
    defer { withExtendedLifetime(nothing) {} }
    pid = try Subprocess.spawn(
      "/bin/sh",
      ["-c", prelude + "exec \"$0\" \"$@\"", path ?? BuiltProgram.path(of: program)]
        + arguments,
      environment: environment,
      descriptors: (nothing.descriptor, nothing.descriptor, log.writing), inherited: inherited)
    log.closeWriting()
  }

  deinit {
    guard status == nil else { return }
    kill(pid, SIGKILL)
    waitpid(pid, nil, 0)
  }

  /// Where it listens, once it does.
  func address() throws -> String {
    let line = try log.line { $0.contains("listening on ") }
    return line.components(separatedBy: "listening on ").last ?? ""
  }

  func signal(_ number: Int32) { kill(pid, number) }

  /// Waits for its end; the exit status, or 128 plus the signal that ended it.
  func waitForExit() -> Int32 {
    if let status { return status }
    var raw: Int32 = 0
    while waitpid(pid, &raw, 0) == -1, errno == EINTR {}
    let result = raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + (raw & 0x7f)
    status = result
    return result
  }

  /// A line of `/proc/PID/status`, without its name.
  func field(_ name: String) throws -> [String] {
    let text = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") } ?? ""
    return line.dropFirst(name.count + 1).split { $0 == "\t" || $0 == " " }.map(String.init)
  }
}
