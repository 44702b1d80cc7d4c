import Foundation
import MilterProcessFixtures

/// All versions of the filter that this machine can run, on sockets in a new directory.
struct Shapes {
  let all: [Shape]

  static let cSource = "\(BuiltProgram.packageRoot)/Samples/doorman/c/doorman.c"

  init() throws {
    let directory = try ScratchDirectory()
    var all: [Shape] = []
    for name in ["doorman", "doorman-libmilter", "doorman-c"] {
      all.append(try Shape(name, program: BuiltProgram.path(of: name), in: directory))
    }
    if HeaderFolder.mustHaveOriginal {
      let program = directory.path(of: "doorman-original")
      try Subprocess.succeed(
        "/usr/bin/cc",
        Self.cFlags + ["-o", program, Self.cSource, "-lmilter", "-lpthread"])
      all.append(try Shape("doorman-original", program: program, in: directory))
    }
    self.all = all
  }

  /// The compiler options of the C filter.
  static let cFlags = ["-std=c99", "-Wall", "-Wextra", "-Werror"]

  /// Ends all versions, and returns their exit statuses.
  func stop() throws -> [Int32] {
    try all.map { try $0.stop() }
  }
}
