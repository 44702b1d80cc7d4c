import Foundation
import Glibc

/// The filter's program and the libraries it is run with, made once for all tests.
struct FilterBuild: Sendable {
  let program: String
  /// Ours, or the original once more as long as there is no drop-in to test.
  let candidate: Library

  static let shared = Result { try FilterBuild() }

  /// Whether the headers of the original are there.
  static let hasOriginal =
    access("/usr/include/libmilter/mfapi.h", R_OK) == 0
    && access("/usr/bin/cc", X_OK) == 0

  private init() throws {
    try FileManager.default.createDirectory(
      atPath: Self.folder, withIntermediateDirectories: true)
    program = "\(Self.folder)/scripted"
    try Self.compile(to: program, ["-lmilter"])
    guard let prefix = try Self.prefix() else {
      candidate = .original
      return
    }
    candidate = .ours(prefix: prefix)
    // Built with our headers and against our library, it need not run; only be possible.
    try Self.compile(
      to: "\(Self.folder)/scripted-ours", ["-I\(prefix)/include", "-L\(prefix)/lib", "-lmilter"])
  }

  /// Where the drop-in is installed; it is installed first if need be.
  private static func prefix() throws -> String? {
    let environment = ProcessInfo.processInfo.environment
    if let given = environment["SWIFT_MILTER_COMPAT_PREFIX"], !given.isEmpty { return given }
    let script = root.appending(path: "Compat/install.sh").path
    guard access(script, R_OK) == 0 else { return nil }
    let prefix = "\(folder)/prefix"
    // Not in the folder this test was built in, which is locked while it runs.
    try Subprocess.run(
      script, ["--prefix", prefix],
      environment: ["SWIFT_BUILD_PATH": "\(folder)/build"].merging(environment) { $1 },
      log: "\(folder)/install.log")
    return prefix
  }

  private static func compile(to program: String, _ arguments: [String]) throws {
    let folder = root.appending(path: "Tests/CompatTests/Filter")
    let sources = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".c") }.map { folder.appending(path: $0).path }
    let options = ["-std=c99", "-D_GNU_SOURCE", "-O1", "-g", "-Wall", "-Wextra", "-Werror"]
    try Subprocess.run(
      "cc", options + ["-o", program] + sources.sorted() + arguments + ["-lpthread"],
      environment: ProcessInfo.processInfo.environment, log: "\(folder)/compile.log")
  }

  /// Where the program and our library are kept, so that the next run finds most of it made.
  private static let folder = root.appending(path: ".build/compat-tests").path

  /// The package's directory.
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
}
