import Foundation
import Glibc

/// A target's process, from start to kill.
final class RunningTarget {
  let address: TargetAddress
  private let target: Target
  private let process = Process()
  private let directory: URL

  /// Starts a target and waits until it accepts connections.
  init(_ target: Target, _ mode: FilterMode, _ transport: Transport) throws {
    self.target = target
    directory = FileManager.default.temporaryDirectory.appending(
      path: "milter-bench-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    address =
      switch transport {
      case .unix: .unix(path: directory.appending(path: "socket").path)
      case .tcp: .tcp(port: try Probe.freePort())
      }
    let log = directory.appending(path: "log")
    _ = FileManager.default.createFile(atPath: log.path, contents: nil)
    let output = try FileHandle(forWritingTo: log)
    process.executableURL = URL(fileURLWithPath: target.program)
    let mode = mode == .raw && target.name == .floor ? .noreply : mode
    process.arguments = target.arguments + [mode.rawValue, address.spec]
    process.environment = ProcessInfo.processInfo.environment.merging(target.environment) { $1 }
    process.standardOutput = output
    process.standardError = output
    do {
      try process.run()
      try waitUntilReady()
      try checkLibrary()
    } catch {
      stop()
      throw error
    }
  }

  deinit { stop() }

  var identifier: Int32 { process.processIdentifier }

  /// The current status of the process.
  func status() throws -> ProcessStatus {
    guard process.isRunning, let status = ProcessStatus(identifier) else {
      throw BenchError("\(target.name.title) ended\(logged)")
    }
    return status
  }

  /// The process's output, to explain a failure.
  var logged: String {
    let text = try? String(contentsOf: directory.appending(path: "log"), encoding: .utf8)
    let lines = (text ?? "").split(separator: "\n").suffix(5)
    return lines.isEmpty ? "" : "; it wrote:\n  " + lines.joined(separator: "\n  ")
  }

  /// Kills the process.
  func stop() {
    if process.isRunning {
      kill(identifier, SIGKILL)
      process.waitUntilExit()
    }
    try? FileManager.default.removeItem(at: directory)
  }

  private func waitUntilReady() throws {
    for _ in 0..<1000 {
      if Probe.accepts(address) { return }
      guard process.isRunning else { break }
      usleep(10_000)
    }
    throw BenchError("\(target.name.title) does not listen on \(address.spec)\(logged)")
  }

  private func checkLibrary() throws {
    guard let library = target.library else { return }
    // The kernel returns a part of the list for each read, and the list has no size.
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/\(identifier)/maps"))
    var maps = Data()
    while let part = try file.read(upToCount: 1 << 16), !part.isEmpty { maps += part }
    guard String(decoding: maps, as: UTF8.self).contains(library) else {
      throw BenchError("\(target.name.title) runs without \(library)")
    }
  }
}
