import Foundation
import Glibc
import MilterProcessFixtures

/// The C library as `Compat/install.sh` installs it, built once for all tests.
///
/// `SWIFT_MILTER_COMPAT_PREFIX` is the prefix of a library that is already installed.
enum InstalledLibrary {
  /// The prefix of the installed library; the error if it cannot be built.
  static let prefix = Result { try install() }

  /// The folder of the test programs and the library, which the next run uses again.
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
