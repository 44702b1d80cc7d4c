import Foundation
import Glibc

/// The filter that is soaked, in a process of its own.
final class FilterProcess {
  /// The system's status of the process.
  struct Sample: Sendable {
    /// Seconds since the start.
    let time: Double
    /// Resident memory in KiB.
    let resident: Int
    let descriptors: Int
    let threads: Int
  }

  /// Its socket.
  let path: String
  private let directory: URL
  private let log: URL
  private let process = Process()
  private let start = ContinuousClock.now

  /// Starts a program beside this one, or at a path, and waits until it listens.
  init(_ name: String) throws {
    directory = FileManager.default.temporaryDirectory.appending(
      path: "milter-soak-\(getpid())")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    path = directory.appending(path: "socket").path
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    process.executableURL =
      name.contains("/")
      ? URL(fileURLWithPath: name)
      : URL(fileURLWithPath: own).deletingLastPathComponent().appending(path: name)
    process.arguments = ["--socket", "unix:\(path)"]
    log = directory.appending(path: "log")
    _ = FileManager.default.createFile(atPath: log.path, contents: nil)
    process.standardOutput = try FileHandle(forWritingTo: log)
    process.standardError = process.standardOutput
    try process.run()
    while (try? FilterSocket(path: path)) == nil {
      guard process.isRunning else { throw hasEnded }
      usleep(20_000)
    }
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    try? FileManager.default.removeItem(at: directory)
  }

  /// Looks at it; that it is gone is an error.
  func sample() throws -> Sample {
    let folder = "/proc/\(process.processIdentifier)"
    guard process.isRunning else { throw hasEnded }
    let status = try String(contentsOfFile: "\(folder)/status", encoding: .utf8)
    func number(_ key: String) -> Int {
      let line = status.split(separator: "\n").first { $0.hasPrefix(key) } ?? ""
      return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }
    let elapsed = (ContinuousClock.now - start).components
    return Sample(
      time: Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18,
      resident: number("VmRSS:"),
      descriptors: try FileManager.default.contentsOfDirectory(atPath: "\(folder)/fd").count,
      threads: number("Threads:"))
  }

  /// The error for an end by itself: how it ended, and its last output.
  private var hasEnded: SoakError {
    process.waitUntilExit()
    let cause = process.terminationReason == .exit ? "status" : "signal"
    let output = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
    return SoakError(
      "the filter ended with \(cause) \(process.terminationStatus); its log: \(output.suffix(2000))"
    )
  }

  /// Has it read its configuration again.
  func reload() { kill(process.processIdentifier, SIGHUP) }

  /// Ends it as a service manager does.
  ///
  /// - Throws: That it did not end well.
  func terminate() throws {
    process.terminate()
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else { throw hasEnded }
  }

  /// Its last line of output; empty if it printed nothing.
  var lastLine: String {
    let output = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
    return output.split(separator: "\n").last.map(String.init) ?? ""
  }
}
