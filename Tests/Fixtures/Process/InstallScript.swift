import Foundation
import Glibc

/// A script in `.ci` that installs third-party programs for the tests.
package enum InstallScript: String, CustomStringConvertible, Sendable {
  case mtas
  case filters

  /// The script's path in the package.
  package var description: String { ".ci/install-\(rawValue)" }

  /// Whether a test must fail, and not be skipped, if a program of the script is missing.
  package var isRequired: Bool {
    Self.isCI || Self.isSet("SWIFT_MILTER_REQUIRE_\(rawValue.uppercased())")
  }

  /// Whether this is CI, where nothing may be missing.
  static var isCI: Bool { isSet("CI") }

  private static func isSet(_ variable: String) -> Bool {
    !(ProcessInfo.processInfo.environment[variable] ?? "").isEmpty
  }

  /// Returns which of the needed files this machine lacks, and how to get them; `nil` if it has all.
  package func missing(
    _ needed: [String], for subject: some CustomStringConvertible
  ) -> String? {
    let lacking = needed.filter { access($0, F_OK) != 0 }
    guard !lacking.isEmpty else { return nil }
    return "\(subject) cannot be started, for lack of \(lacking.joined(separator: ", ")); "
      + "run \(self) as root"
  }
}
