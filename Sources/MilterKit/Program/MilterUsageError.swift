/// A mistake in a command line that shows only when all options are known, such as two values that do
/// not fit together.
///
/// Throw it in ``MilterBase/prepare()``: the program reports it and ends with status 64, like for any other
/// wrong command line. A service manager need not try again then.
///
/// libmilter has no equivalent; the corresponding status is `EX_USAGE` of `sysexits.h`.
public struct MilterUsageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A description of what is wrong, and what to do.
  public let description: String

  /// Makes an error.
  public init(_ description: String) { self.description = description }
}
