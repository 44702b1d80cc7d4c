import Foundation

/// A sample of ours, run as a process.
struct SampleProgram {
  let status: Int32
  let output: String
  let errors: String

  /// The folder that the package's programs are built into: the test bundle's own.
  static let folder =
    Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
    .map { $0.bundleURL.deletingLastPathComponent() }
    ?? URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

  /// The messages that belong to the samples.
  static let messages = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Samples/messages").path

  /// Starts a program that goes on until it is told to stop.
  static func start(_ name: String, _ arguments: String...) throws -> Process {
    let process = Process()
    process.executableURL = folder.appending(path: name)
    process.arguments = arguments
    try process.run()
    return process
  }

  /// Runs a program to its end.
  init(_ name: String, _ arguments: String..., input: String = "") throws {
    let directory = try TemporaryDirectory()
    let paths = ["in", "out", "err"].map { directory.path + "/" + $0 }
    for path in paths { try Data(input.utf8).write(to: URL(filePath: path)) }
    let process = Process()
    process.executableURL = Self.folder.appending(path: name)
    process.arguments = arguments
    process.standardInput = FileHandle(forReadingAtPath: paths[0])
    process.standardOutput = FileHandle(forWritingAtPath: paths[1])
    process.standardError = FileHandle(forWritingAtPath: paths[2])
    for path in paths.dropFirst() { truncate(path, 0) }
    try process.run()
    process.waitUntilExit()
    status = process.terminationStatus
    output = try String(contentsOfFile: paths[1], encoding: .utf8)
    errors = try String(contentsOfFile: paths[2], encoding: .utf8)
  }
}
