import Foundation
import Testing

/// Runs compilers.
enum Compiler {
  /// Where the PATH has a program.
  static func find(_ name: String) -> URL? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").map { URL(filePath: "\($0)/\(name)") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }

  /// Runs a compiler that only checks; what it says when it fails, nil when it does not.
  static func complaint(_ name: String, _ arguments: [String]) throws -> String? {
    let (isSuccess, said) = try run(name, arguments)
    return isSuccess ? nil : said
  }

  /// Runs a compiler; whether it succeeds, and what it says.
  static func run(_ name: String, _ arguments: [String]) throws -> (isSuccess: Bool, said: String) {
    let program: URL = try #require(find(name), "\(name) is not in the PATH")
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus == 0, String(decoding: said, as: UTF8.self))
  }
}
