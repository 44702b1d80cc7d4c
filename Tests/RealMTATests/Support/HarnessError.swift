/// Why the harness could not do what a test asked for.
struct HarnessError: Error, CustomStringConvertible {
  /// What happened, in words for whoever reads the failed test.
  let description: String

  /// An error with the given explanation.
  init(_ description: String) {
    self.description = description
  }
}
