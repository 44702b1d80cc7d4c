import Foundation
import Glibc

/// The filter under test, in a separate process.
final class FilterProcess {
  /// The resources that the process uses.
  struct Sample: Sendable {
    /// Seconds since the start.
    let time: Double
    /// Resident memory in KiB.
    let resident: Int
    let descriptors: Int
    let threads: Int
  }

  /// The socket of the filter.
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

  /// Takes a sample; it is an error if the process has ended.
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

  /// The error for a process that ended by itself: its exit status, and its last output.
  private var hasEnded: SoakError {
    process.waitUntilExit()
    let cause = process.terminationReason == .exit ? "status" : "signal"
    let output = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
    return SoakError(
      "the filter ended with \(cause) \(process.terminationStatus); its log: \(output.suffix(2000))"
    )
  }

  /// Makes the filter reload its configuration.
  func reload() { kill(process.processIdentifier, SIGHUP) }

  /// Ends the filter as a service manager does.
  ///
  /// - Throws: An error if the filter does not exit with status 0.
  func terminate() throws {
    process.terminate()
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else { throw hasEnded }
  }

  /// The last line of output; empty if the filter printed nothing.
  var lastLine: String {
    let output = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
    return output.split(separator: "\n").last.map(String.init) ?? ""
  }
}
