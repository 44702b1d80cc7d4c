/// Why the harness could not do what a test asked for.
package struct HarnessError: Error, CustomStringConvertible {
  /// What happened, in words for whoever reads the failed test.
  package let description: String

  /// An error with the given explanation.
  package init(_ description: String) {
    self.description = description
  }
}
