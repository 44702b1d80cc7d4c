import Foundation
import MilterProcessFixtures

/// Where the headers `libmilter/mfapi.h` and `libmilter/mfdef.h` lie.
enum HeaderFolder {
  /// Ours.
  static let ours = BuiltProgram.packageRoot + "/Compat/CMilterAPI/include"

  /// Sendmail's.
  static let original = "/usr/include"

  /// Whether a test of Sendmail's headers must run: they are there, or this is CI.
  static let mustHaveOriginal = Shapes.hasOriginal || ForeignFilters.areRequired
}
