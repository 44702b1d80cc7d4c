import Foundation

/// A program that was started and is ended again, at the latest when nobody knows it any more.
final class RunningProgram: @unchecked Sendable {  // Process guards itself
  private let process = Process()
  private let ended = DispatchSemaphore(value: 0)
  private let start = ContinuousClock.now

  init(_ path: String, _ arguments: [String]) throws {
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.terminationHandler = { [ended] _ in ended.signal() }
    try process.run()
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  var isRunning: Bool { process.isRunning }

  var age: Duration { start.duration(to: .now) }

  func terminate() { process.terminate() }

  /// The exit status, or 128 plus the number of the signal that ended it.
  func waitForExit() throws -> Int32 {
    guard ended.wait(timeout: .now() + 30) == .success else {
      kill(process.processIdentifier, SIGKILL)
      throw ShapeError("\(process.executableURL?.path ?? "") does not end")
    }
    return process.terminationStatus
      + (process.terminationReason == .uncaughtSignal ? 128 : 0)
  }

  /// Runs a program to its end, and returns its exit status and all that it printed.
  static func run(_ path: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
