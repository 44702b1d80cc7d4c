import Testing

extension Trait where Self == ConditionTrait {
  /// Runs the test where these MTAs can be started.
  ///
  /// Elsewhere it is reported as skipped, with what is missing and how to install it. Where MTAs
  /// are required (see `RealMTA.Kind.areRequired`) it runs nevertheless, and fails with the same words.
  static func requires(_ kinds: RealMTA.Kind...) -> Self {
    let missing = kinds.map(\.missing).filter { !$0.isEmpty }.joined(separator: "; ")
    return .enabled(if: missing.isEmpty || RealMTA.Kind.areRequired, "\(missing)")
  }
}
