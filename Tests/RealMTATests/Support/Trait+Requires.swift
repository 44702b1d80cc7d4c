import Testing

extension Trait where Self == ConditionTrait {
  /// Runs the test where these MTAs can be started.
  ///
  /// Elsewhere it is reported as skipped, with what is missing and how to install it. Where MTAs
  /// are required (see `MTAKind.areRequired`) it runs nevertheless, and fails with the same words.
  static func requires(_ kinds: MTAKind...) -> Self {
    let missing = kinds.compactMap(\.missing).joined(separator: "; ")
    return .enabled(if: missing.isEmpty || MTAKind.areRequired, "\(missing)")
  }
}
