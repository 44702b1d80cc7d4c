import Foundation
import MilterProcessFixtures
import MilterSystem
import Testing

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
    _ = try? Subprocess.waitForExit(of: pid)
  }

  /// Where it listens, once it does.
  func address() throws -> String {
    let line = try log.line { $0.contains("listening on ") }
    return line.components(separatedBy: "listening on ").last ?? ""
  }

  func signal(_ number: Int32) { kill(pid, number) }

  /// Waits for its end; the exit status, or 128 plus the signal that ended it.
  ///
  /// Throws an error with its log if it does not end.
  func waitForExit() throws -> Int32 {
    if let status { return status }
    do {
      let result = try Subprocess.waitForExit(of: pid, within: .seconds(120))
      status = result
      return result
    } catch {
      throw HarnessError("\(error); its log: \(log.all.joined(separator: "\n"))")
    }
  }

  /// Stops it as a service manager does, and expects that it ends with status 0.
  func stop(sourceLocation: SourceLocation = #_sourceLocation) throws {
    signal(SIGTERM)
    let status = try waitForExit()
    #expect(status == 0, "\(log.all)", sourceLocation: sourceLocation)
  }

  /// Has it read its configuration again, waits for a line in the log that tells how that ended, and returns it.
  @discardableResult
  func reload(_ number: Int = 1, until isOver: (String) -> Bool) throws -> String {
    signal(SIGHUP)
    return try log.line(number, where: isOver)
  }

  /// A line of `/proc/PID/status`, without its name.
  func field(_ name: String) throws -> [String] {
    let text = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") } ?? ""
    return line.dropFirst(name.count + 1).split { $0 == "\t" || $0 == " " }.map(String.init)
  }
}
