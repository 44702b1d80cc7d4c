import Foundation
import Glibc

/// The filter's program and the libraries it is run with, made once for all tests.
struct FilterBuild: Sendable {
  let program: String
  /// Ours, or the original once more as long as there is no drop-in to test.
  let candidate: Library
  private let scratch: Scratch

  static let shared = Result { try FilterBuild() }

  /// Whether the headers of the original are there.
  static let hasOriginal =
    access("/usr/include/libmilter/mfapi.h", R_OK) == 0
    && access("/usr/bin/cc", X_OK) == 0

  private init() throws {
    scratch = try Scratch()
    program = scratch.path(of: "scripted")
    try Self.compile(to: program, ["-lmilter"], log: scratch.path(of: "log"))
    guard let prefix = try Self.prefix(scratch) else {
      candidate = .original
      return
    }
    candidate = .ours(prefix: prefix)
    // Built with our headers and against our library, it need not run; only be possible.
    try Self.compile(
      to: scratch.path(of: "scripted-ours"),
      ["-I\(prefix)/include", "-L\(prefix)/lib", "-lmilter"], log: scratch.path(of: "log"))
  }

  /// Where the drop-in is installed; it is installed first if need be.
  private static func prefix(_ scratch: Scratch) throws -> String? {
    let environment = ProcessInfo.processInfo.environment
    if let given = environment["SWIFT_MILTER_COMPAT_PREFIX"], !given.isEmpty { return given }
    let script = root.appending(path: "Compat/install.sh").path
    guard access(script, R_OK) == 0 else { return nil }
    let prefix = scratch.path(of: "prefix")
    // The folder this test was built in is locked while it runs.
    let folder = root.appending(path: ".build/compat-tests").path
    try Subprocess.run(
      script, ["--prefix", prefix],
      environment: ["SWIFT_BUILD_PATH": folder].merging(environment) { $1 },
      log: scratch.path(of: "install.log"))
    return prefix
  }

  private static func compile(to program: String, _ arguments: [String], log: String) throws {
    let folder = root.appending(path: "Tests/CompatTests/Filter")
    let sources = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".c") }.map { folder.appending(path: $0).path }
    let options = ["-std=c99", "-D_GNU_SOURCE", "-O1", "-g", "-Wall", "-Wextra", "-Werror"]
    try Subprocess.run(
      "cc", options + ["-o", program] + sources.sorted() + arguments + ["-lpthread"],
      environment: ProcessInfo.processInfo.environment, log: log)
  }

  /// The package's directory.
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
}
