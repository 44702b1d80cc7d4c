import MilterProcessFixtures
import Testing

extension Trait where Self == ConditionTrait {
  /// Runs the test if these MTAs can be started.
  ///
  /// Otherwise the test is skipped, and the report names what is missing and how to install it. If MTAs are
  /// required (see `InstallScript.isRequired`), the test still runs, and fails with the same text.
  static func requires(_ kinds: RealMTA.Kind...) -> Self {
    .needs(.mtas, missing: kinds.map { $0.isInstalled ? nil : $0.missing })
  }
}
