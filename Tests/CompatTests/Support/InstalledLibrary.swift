import Foundation
import Glibc

/// The C library as `Compat/install.sh` installs it, made once for all tests.
///
/// `SWIFT_MILTER_COMPAT_PREFIX` names the prefix of one that is installed already.
enum InstalledLibrary {
  /// Where it is installed; the error if it cannot be built.
  static let prefix = Result { try install() }

  /// The package's directory.
  static let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// Where programs of the tests and the library are kept, so that the next run finds them made.
  static let folder = "\(packageRoot)/.build/compat-tests"

  private static func install() throws -> String {
    let environment = ProcessInfo.processInfo.environment
    if let given = environment["SWIFT_MILTER_COMPAT_PREFIX"], !given.isEmpty { return given }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // Not in the folder this test was built in, which is locked while it runs.
    try Subprocess.run(
      "\(packageRoot)/Compat/install.sh", ["--prefix", "\(folder)/prefix"],
      environment: ["SWIFT_BUILD_PATH": "\(folder)/build"].merging(environment) { $1 },
      log: "\(folder)/install.log")
    return "\(folder)/prefix"
  }
}
