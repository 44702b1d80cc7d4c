/// What a filter author's mistake does.
///
/// Towards the MTA both kinds of rules are the same wherever a working filter can meet the
/// difference.
public enum SessionRules: Sendable {
  /// A mistake is reported and mended: what was meant reaches the MTA, or tempfail does.
  case strict
  /// A mistake does what it does in libmilter, byte for byte: for filters written in C.
  case libmilter
}
