import Foundation
import MilterProcessFixtures
import MilterSystem
import Testing

/// A filter process, run like a service: Tests/Programs/OperatedFilter, or another program.
///
/// The process ends with this object at the latest.
final class OperatedProcess {
  let pid: pid_t
  /// The log of the process.
  let log: ProcessOutput
  private var status: Int32?

  /// Starts a process.
  ///
  /// - Parameters:
  ///   - arguments: Its command line.
  ///   - program: The name of its product.
  ///   - path: The path of the program, instead of a product.
  ///   - environment: Its environment.
  ///   - inherited: Descriptors for socket activation, which the process gets as 3, 4, and so on.
  ///   - limits: `ulimit` options.
  /// - Throws: An error if the process cannot be started.
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

  /// Waits until the process listens, and returns its address.
  func address() throws -> String {
    let line = try log.line { $0.contains("listening on ") }
    return line.components(separatedBy: "listening on ").last ?? ""
  }

  func signal(_ number: Int32) { kill(pid, number) }

  /// Waits for the end of the process; returns its exit status, or 128 plus the signal that ended
  /// it.
  ///
  /// Throws an error with the log if the process does not end.
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

  /// Stops the process like a service manager, and expects the exit status 0.
  func stop(sourceLocation: SourceLocation = #_sourceLocation) throws {
    signal(SIGTERM)
    let status = try waitForExit()
    #expect(status == 0, "\(log.all)", sourceLocation: sourceLocation)
  }

  /// Reloads the configuration, waits for a log line about the result, and returns the line.
  @discardableResult
  func reload(_ number: Int = 1, until isOver: (String) -> Bool) throws -> String {
    signal(SIGHUP)
    return try log.line(number, where: isOver)
  }

  /// Returns the values of a line of `/proc/PID/status`.
  func field(_ name: String) throws -> [String] { try ProcFile.status(name, of: pid) }
}
