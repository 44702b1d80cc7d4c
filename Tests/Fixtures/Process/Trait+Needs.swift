package import Testing

extension Trait where Self == ConditionTrait {
  /// Runs the test where nothing is missing, as `InstallScript.missing(_:for:)` describes it.
  ///
  /// Elsewhere the test is reported as skipped, with what is missing. If programs of this script are
  /// required, the test runs nevertheless, and fails.
  package static func needs(_ script: InstallScript, missing: [String?]) -> Self {
    let missing = missing.compactMap { $0 }
    return .enabled(
      if: missing.isEmpty || script.isRequired, "\(missing.joined(separator: "; "))")
  }

  /// Runs the test where these files of other programs are, or where they are required.
  package static func needs(
    files: [String], for subject: String, from script: InstallScript = .filters
  ) -> Self {
    .needs(script, missing: [script.missing(files, for: subject)])
  }

  /// Runs the test where rspamd is, or where filters are required.
  package static var needsRspamd: Self { .needs(.filters, missing: [RunningRspamd.missing]) }

  /// Runs the test where clamd is, or where filters are required.
  package static var needsClamd: Self { .needs(files: [RunningClamd.program], for: "clamd") }
}
