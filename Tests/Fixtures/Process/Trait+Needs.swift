package import Testing

extension Trait where Self == ConditionTrait {
  /// Runs the test if nothing is missing, as `InstallScript.missing(_:for:)` describes it.
  ///
  /// Otherwise the test is skipped, and the report shows what is missing. If programs of this
  /// script are required, the test runs and fails.
  package static func needs(_ script: InstallScript, missing: [String?]) -> Self {
    let missing = missing.compactMap { $0 }
    return .enabled(
      if: missing.isEmpty || script.isRequired, "\(missing.joined(separator: "; "))")
  }

  /// Runs the test if these files of other programs exist, or if they are required.
  package static func needs(
    files: [String], for subject: String, from script: InstallScript = .filters
  ) -> Self {
    .needs(script, missing: [script.missing(files, for: subject)])
  }

  /// Runs the test if rspamd is installed, or if filters are required.
  package static var needsRspamd: Self { .needs(.filters, missing: [RunningRspamd.missing]) }

  /// Runs the test if clamd is installed, or if filters are required.
  package static var needsClamd: Self { .needs(files: [RunningClamd.program], for: "clamd") }
}
