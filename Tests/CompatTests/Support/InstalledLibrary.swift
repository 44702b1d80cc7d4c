import Foundation
import Glibc
import MilterProcessFixtures

/// The C library as `Compat/install.sh` installs it, made once for all tests.
///
/// `SWIFT_MILTER_COMPAT_PREFIX` names the prefix of one that is installed already.
enum InstalledLibrary {
  /// Where it is installed; the error if it cannot be built.
  static let prefix = Result { try install() }

  /// Where programs of the tests and the library are kept, so that the next run finds them made.
  static let folder = "\(BuiltProgram.packageRoot)/.build/compat-tests"

  private static func install() throws -> String {
    let environment = ProcessInfo.processInfo.environment
    if let given = environment["SWIFT_MILTER_COMPAT_PREFIX"], !given.isEmpty { return given }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // `swift test` locks its build folder while the tests run, so this build has its own folder.
    try Subprocess.succeed(
      "\(BuiltProgram.packageRoot)/Compat/install.sh", ["--prefix", "\(folder)/prefix"],
      environment: ["SWIFT_BUILD_PATH": "\(folder)/build"].merging(environment) { $1 },
      within: .seconds(3600))
    return "\(folder)/prefix"
  }
}
