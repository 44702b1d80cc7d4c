import MilterSystem

/// An error of the test harness.
package struct HarnessError: Error, CustomStringConvertible {
  /// A description of the error, for the reader of the failed test.
  package let description: String

  /// Creates an error with a description.
  package init(_ description: String) {
    self.description = description
  }

  /// Creates the error of a system call, by default of the last call.
  package static func system(_ action: String, _ number: Int32 = Errno.current.rawValue)
    -> HarnessError
  {
    HarnessError("\(action): \(Errno(rawValue: number))")
  }
}
