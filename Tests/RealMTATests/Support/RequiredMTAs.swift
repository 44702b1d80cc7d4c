import Foundation

extension RealMTA.Kind {
  /// Whether a test must fail rather than be skipped when something is missing.
  static var areRequired: Bool {
    let environment = ProcessInfo.processInfo.environment
    return ["CI", "SWIFT_MILTER_REQUIRE_MTAS"].contains { !(environment[$0] ?? "").isEmpty }
  }
}
