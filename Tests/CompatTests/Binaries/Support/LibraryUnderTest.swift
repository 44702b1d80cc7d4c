import Foundation
import Glibc
import MilterProcessFixtures

/// A libmilter that the filters of the tests load: ours, or the system's for comparison.
struct LibraryUnderTest {
  /// The directory with `lib` and `include`; `nil` for the system's library.
  let prefix: String?

  /// The library under test; the error if it cannot be built.
  static let current = InstalledLibrary.prefix.map { LibraryUnderTest(prefix: $0) }

  /// The system's libmilter, for comparison.
  static let original = LibraryUnderTest(prefix: nil)

  /// Returns the folder for programs that the tests build, which is kept after the tests.
  static func buildFolder() throws -> String {
    let path = InstalledLibrary.folder
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  /// Returns the file with the source or script of a test program.
  static func program(_ name: String) -> String {
    "\(BuiltProgram.packageRoot)/Tests/CompatTests/Binaries/Programs/\(name)"
  }

  private init(prefix: String?) {
    self.prefix = prefix
  }

  /// The file that each filter must have mapped.
  var file: String {
    get throws {
      guard let prefix else {
        let cache = try Subprocess.succeed("/sbin/ldconfig", ["-p"]).output
        let entry = cache.split(separator: "\n").first { $0.contains("libmilter.so.1.0.1 ") }
        guard let path = entry?.split(separator: " ").last else {
          throw HarnessError(
            "there is no libmilter on this system; run .ci/install-filters as root")
        }
        return try Self.real(String(path))
      }
      return try Self.real("\(prefix)/lib/libmilter.so.1.0.1")
    }
  }

  /// An environment in which a program finds the library.
  var environment: [String: String] {
    var environment = Subprocess.environment
    if let prefix { environment["LD_LIBRARY_PATH"] = "\(prefix)/lib" }
    return environment
  }

  /// Returns the output of pkg-config for the library, with `--cflags` or `--libs`.
  func packageConfiguration(_ question: String) throws -> [String] {
    var environment = Subprocess.environment
    if let prefix { environment["PKG_CONFIG_PATH"] = "\(prefix)/lib/pkgconfig" }
    guard let program = Subprocess.find("pkg-config", "pkgconf") else {
      throw HarnessError("there is no pkg-config; run .ci/install-filters as root")
    }
    return try Subprocess.succeed(program, [question, "milter"], environment: environment)
      .output.split { $0.isWhitespace }.map(String.init)
  }

  /// Returns a path without symbolic links.
  static func real(_ path: String) throws -> String {
    guard let resolved = realpath(path, nil) else { throw HarnessError.system(path) }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
