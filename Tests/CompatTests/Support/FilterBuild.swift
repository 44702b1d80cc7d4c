import Foundation
import MilterProcessFixtures
import Testing

/// The filter's program and the libraries that it runs with, built once for all tests.
struct FilterBuild: Sendable {
  let program: String
  /// Our library.
  let candidate: Library

  static let shared = Result { try FilterBuild() }

  private init() throws {
    try FileManager.default.createDirectory(
      atPath: InstalledLibrary.folder, withIntermediateDirectories: true)
    program = "\(InstalledLibrary.folder)/scripted"
    try Self.compile(to: program, ["-lmilter"])
    let prefix = try InstalledLibrary.prefix.get()
    candidate = .ours(prefix: prefix)
    // This checks that the filter can be built with our headers and our library. It is not run.
    try Self.compile(
      to: "\(InstalledLibrary.folder)/scripted-ours",
      ["-I\(prefix)/include", "-L\(prefix)/lib", "-lmilter"])
  }

  private static func compile(to program: String, _ arguments: [String]) throws {
    let folder = URL(filePath: "\(BuiltProgram.packageRoot)/Tests/CompatTests/Filter")
    let sources = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".c") }.map { folder.appending(path: $0).path }
    let options = ["-std=c99", "-D_GNU_SOURCE", "-O1", "-g", "-Wall", "-Wextra", "-Werror"]
    try Subprocess.succeed(
      "/usr/bin/cc", options + ["-o", program] + sources.sorted() + arguments + ["-lpthread"])
  }
}

extension Trait where Self == ConditionTrait {
  /// Runs the tests if Sendmail's libmilter is installed for compiling, or if filters are required.
  static var needsOriginal: Self {
    .needs(
      files: ["/usr/bin/cc", "/usr/include/libmilter/mfapi.h"],
      for: "a filter on Sendmail's libmilter")
  }
}
