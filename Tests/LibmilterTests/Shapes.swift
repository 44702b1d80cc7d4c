import Foundation

/// All shapes of the filter that this machine can run, on sockets in a directory of their own.
struct Shapes {
  let all: [Shape]
  private let directory: String

  /// The folder that SwiftPM has put the programs into, which is the test bundle's.
  static let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent()

  static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let cSource = package.appendingPathComponent("Samples/doorman/c/doorman.c").path

  /// Whether the original library is installed with its headers.
  static let hasOriginal = FileManager.default.fileExists(atPath: "/usr/include/libmilter/mfapi.h")

  init() throws {
    directory = NSTemporaryDirectory() + "swift-milter-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    var all: [Shape] = []
    for name in ["doorman", "doorman-libmilter", "doorman-c"] {
      let program = Self.products.appendingPathComponent(name).path
      all.append(try Shape(name, program: program, in: directory))
    }
    if Self.hasOriginal {
      let program = directory + "/doorman-original"
      let (status, output) = try RunningProgram.run(
        "/usr/bin/cc",
        Self.cFlags + ["-o", program, Self.cSource, "-lmilter", "-lpthread"])
      guard status == 0 else { throw ShapeError("cc: \(output)") }
      all.append(try Shape("doorman-original", program: program, in: directory))
    }
    self.all = all
  }

  /// What the C filter has to compile with.
  static let cFlags = ["-std=c99", "-Wall", "-Wextra", "-Werror"]

  /// Ends all of them, and returns their exit statuses.
  func stop() throws -> [Int32] {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    return try all.map { try $0.stop() }
  }
}
