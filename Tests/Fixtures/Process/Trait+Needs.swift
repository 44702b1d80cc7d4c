import Glibc
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

  /// Runs the test if the machine has what it needs, or in CI (`$CI` is set).
  ///
  /// Otherwise the test is skipped, and the report shows what it needs. In CI, the test runs and fails.
  package static func needs(_ subject: String, if isThere: Bool) -> Self {
    .enabled(if: isThere || InstallScript.isCI, "the test needs \(subject)")
  }

  /// Runs the test as root, or in CI.
  package static func needsRoot(_ reason: String) -> Self {
    .needs("root: \(reason)", if: geteuid() == 0)
  }

  /// Runs the test if no daemon has its socket at a path below a directory that the test may write to, or in CI.
  ///
  /// A machine that systemd has booted always has the journal's sockets, so there the test is skipped in CI as well.
  package static func needsFree(_ path: String) -> Self {
    let isFree = access(path, F_OK) != 0 && access(root(of: path), W_OK) == 0
    if access("/run/systemd/system", F_OK) == 0 {
      return .enabled(if: isFree, "systemd has its own socket at \(path)")
    }
    return .needs("\(path) for a socket of its own", if: isFree)
  }

  /// Returns the first component of a path, such as `/run`.
  private static func root(of path: String) -> String {
    "/\(path.split(separator: "/").first ?? "")"
  }

  /// Runs the test if rspamd is installed, or if filters are required.
  package static var needsRspamd: Self { .needs(.filters, missing: [RunningRspamd.missing]) }

  /// Runs the test if clamd is installed, or if filters are required.
  package static var needsClamd: Self { .needs(files: [RunningClamd.program], for: "clamd") }
}
