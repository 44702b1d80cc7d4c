/// A mistake in a command line or in a configuration file.
///
/// Throw it in ``MilterBase/prepare()`` for a mistake that can be found only when all options are known, such as
/// two values that contradict each other. The program reports it and ends with status 64, as for any other wrong
/// command line. A service manager then does not try again. A ``MilterSetting`` throws it for an argument that is
/// not valid.
///
/// It has no code: the type is the kind, and only a person can correct the mistake that ``description`` names.
///
/// libmilter has no equivalent; the corresponding status is `EX_USAGE` of `sysexits.h`.
public struct MilterUsageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The description of the mistake and of its correction.
  public let description: String

  /// Creates an error.
  public init(_ description: String) { self.description = description }
}
