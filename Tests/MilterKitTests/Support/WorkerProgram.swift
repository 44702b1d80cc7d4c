import Foundation
import MilterProcessFixtures

/// A filter program with several workers, and a directory for its files.
struct WorkerProgram {
  let directory: ScratchDirectory

  init() throws {
    directory = try ScratchDirectory()
    try "x".write(toFile: file("settings"), atomically: true, encoding: .utf8)
  }

  func file(_ name: String) -> String { directory.path + "/" + name }

  func start(
    workers: Int, _ arguments: [String] = [], environment: [String: String] = [:]
  ) throws -> OperatedProcess {
    try OperatedProcess(
      ["--socket", "unix:" + file("s"), "--workers", "\(workers)"] + arguments,
      environment: ["SETTINGS": file("settings"), "PROCESS": "1"]
        .merging(CrashSignals.environment) { $1 }.merging(environment) { $1 })
  }
}
