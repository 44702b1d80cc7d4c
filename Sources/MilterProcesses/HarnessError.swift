package import MilterSystem

/// An error of the test harness.
package struct HarnessError: Error, CustomStringConvertible {
  /// The kind of failure, for those who handle it.
  package enum Kind: Sendable {
    case ended, programFailed, timedOut, systemCall, other
  }

  /// The kind of failure.
  package let kind: Kind
  /// A description of the error, for the reader of the failed test.
  package let description: String
  /// The underlying error of the operating system, if there is one.
  package let underlying: Errno?

  /// Creates an error with a description.
  package init(_ description: String, _ kind: Kind = .other) {
    self.init(kind, description, nil)
  }

  private init(_ kind: Kind, _ description: String, _ underlying: Errno?) {
    self.kind = kind
    self.description = description
    self.underlying = underlying
  }

  /// Creates the error of a system call, by default of the last call.
  package static func system(_ action: String, _ number: Int32 = Errno.current.rawValue)
    -> HarnessError
  {
    let underlying = Errno(rawValue: number)
    return HarnessError(.systemCall, "\(action): \(underlying)", underlying)
  }
}
