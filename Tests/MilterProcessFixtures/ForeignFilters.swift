import Foundation

/// The filters of others that `.ci/install-filters` installs.
package enum ForeignFilters {
  /// Whether a test must fail rather than be skipped when one is missing.
  package static var areRequired: Bool {
    let environment = ProcessInfo.processInfo.environment
    return ["CI", "SWIFT_MILTER_REQUIRE_FILTERS"].contains { !(environment[$0] ?? "").isEmpty }
  }

  /// Where those are that are only unpacked.
  package static var unpackedRoot: String {
    let given = ProcessInfo.processInfo.environment["SWIFT_MILTER_FILTERS_ROOT"] ?? ""
    return given.isEmpty ? "/opt/swift-milter-tests/filters" : given
  }
}
