import Foundation
import MilterProcessFixtures
import Testing

/// Where the headers `libmilter/mfapi.h` and `libmilter/mfdef.h` lie.
enum HeaderFolder {
  /// Ours.
  static let ours = BuiltProgram.packageRoot + "/Compat/CMilterAPI/include"

  /// Sendmail's.
  static let original = "/usr/include"

  /// What this machine lacks of Sendmail's headers, and how to get it; `nil` when nothing is missing.
  static let missingOriginal = InstallScript.filters.missing(
    ["\(original)/libmilter/mfapi.h"], for: "a filter on Sendmail's libmilter")

  /// Whether what needs Sendmail's headers must run: they are there, or they are required.
  static let mustHaveOriginal = missingOriginal == nil || InstallScript.filters.isRequired
}

extension Trait where Self == ConditionTrait {
  /// Runs the test where Sendmail's headers are; where filters are required, it runs anyway.
  static var needsOriginal: Self { .needs(.filters, missing: [HeaderFolder.missingOriginal]) }
}
