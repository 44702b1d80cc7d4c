import Foundation
import MilterProcessFixtures
import Testing

/// The folders of the headers `libmilter/mfapi.h` and `libmilter/mfdef.h`.
enum HeaderFolder {
  /// The folder of our headers.
  static let ours = BuiltProgram.packageRoot + "/Compat/CMilterAPI/include"

  /// The folder of Sendmail's headers.
  static let original = "/usr/include"

  /// A description of the missing headers of Sendmail, and how to get them; `nil` if none is
  /// missing.
  static let missingOriginal = InstallScript.filters.missing(
    ["\(original)/libmilter/mfapi.h"], for: "a filter on Sendmail's libmilter")

  /// Whether tests with Sendmail's headers must run: the headers are installed, or are required.
  static let mustHaveOriginal = missingOriginal == nil || InstallScript.filters.isRequired
}

extension Trait where Self == ConditionTrait {
  /// Runs the test if Sendmail's headers are installed, or if filters are required.
  static var needsOriginal: Self { .needs(.filters, missing: [HeaderFolder.missingOriginal]) }
}
