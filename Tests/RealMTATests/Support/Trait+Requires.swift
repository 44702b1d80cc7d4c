import MilterProcessFixtures
import Testing

extension Trait where Self == ConditionTrait {
  /// Runs the test where these MTAs can be started.
  ///
  /// Elsewhere it is reported as skipped, with what is missing and how to install it. Where MTAs
  /// are required (see `InstallScript.isRequired`) it runs nevertheless, and fails with the same words.
  static func requires(_ kinds: RealMTA.Kind...) -> Self {
    .needs(.mtas, missing: kinds.map { $0.isInstalled ? nil : $0.missing })
  }
}
