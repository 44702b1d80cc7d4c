import Foundation
import MilterProcessFixtures
import Testing

/// Runs compilers.
enum Compiler {
  /// Runs a compiler as a check; returns its output if it fails, and `nil` otherwise.
  static func complaint(_ name: String, _ arguments: [String]) throws -> String? {
    let run = try run(name, arguments)
    return run.status == 0 ? nil : run.output + run.errors
  }

  /// Runs a compiler in our environment, which it may need to find its parts.
  static func run(_ name: String, _ arguments: [String]) throws -> Subprocess {
    let program = try #require(Subprocess.find(name), "\(name) is not in the PATH")
    return try Subprocess.run(
      program, arguments, environment: ProcessInfo.processInfo.environment, within: .seconds(600))
  }
}
