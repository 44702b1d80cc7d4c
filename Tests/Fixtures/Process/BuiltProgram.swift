import Foundation
import Glibc

/// A program of this package, run as its users run it.
package enum BuiltProgram {
  /// The package's directory.
  package static let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// Whether the build has a sanitizer, which needs additional memory and threads.
  package static let isSanitized = ["__tsan_init", "__asan_init"].contains { (name: String) in
    dlsym(nil, name) != nil
  }

  /// Returns the folder of built programs, which is that of the running tests.
  package static func folder() throws -> String {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(filePath: tests).deletingLastPathComponent().path
  }

  /// Returns the path of a built program.
  package static func path(of name: String) throws -> String {
    let path = try "\(folder())/\(name)"
    guard access(path, X_OK) == 0 else {
      throw HarnessError("\(path) is missing: run the tests with `swift test`, which builds it")
    }
    return path
  }

  /// Runs a program to its end.
  package static func run(
    _ name: String, _ arguments: [String], input: [UInt8] = [],
    environment: [String: String] = [:]
  ) throws -> Subprocess {
    try Subprocess.run(
      path(of: name), arguments, input: input,
      environment: Subprocess.environment.merging(environment) { $1 })
  }
}
