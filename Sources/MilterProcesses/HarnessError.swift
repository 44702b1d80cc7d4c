import MilterSystem

/// Why the harness could not do what a test asked for.
package struct HarnessError: Error, CustomStringConvertible {
  /// A description of what happened, for the reader of the failed test.
  package let description: String

  /// Makes an error with a description.
  package init(_ description: String) {
    self.description = description
  }

  /// Makes the error of a system call, by default of the last call.
  package static func system(_ action: String, _ number: Int32 = Errno.current.rawValue)
    -> HarnessError
  {
    HarnessError("\(action): \(Errno(rawValue: number))")
  }
}
