/// An intended difference between the original libmilter and our library.
///
/// Most sessions avoid these differences, and a few trigger one of them. The numbers of the facts
/// are those in `Facts.md`.
struct KnownDifference: Sendable {
  let id: ID
  /// The numbers of the facts in `Facts.md`.
  let facts: String
  /// The behavior of the original and of ours.
  let original: String
  let ours: String
  /// Whether this difference explains the first difference between two outcomes.
  let allows: @Sendable (Parting) -> Bool

  enum ID: String, Sendable {
    case lengthWithoutCommand, unknownInMessage, quitNewConnection, skipBitsKept, oddMacros
    case macrosBeforeFirstCommand, verdictInFinalBody, unknownWithoutNUL, replyWithoutLines
  }

  /// Returns the known difference that explains the first difference of two outcomes; `nil` if none
  /// does.
  static func explaining(_ parting: Parting, in session: Session) -> KnownDifference? {
    all.first { session.triggers.contains($0.id) && $0.allows(parting) }
  }

  static let all: [KnownDifference] = [
    KnownDifference(
      id: .lengthWithoutCommand, facts: "1.2, 1.3",
      original: "executes the command byte of a packet with length 0 or a negative one",
      ours: "closes the connection, with abort if in a message"
    ) { $0.oursEndsHere },
    KnownDifference(
      id: .unknownInMessage, facts: "3.3, 3.4",
      original: "loses the message: the steps after T are ignored, abort is not called",
      ours: "leaves the message's state alone"
    ) {
      // A filter without an unknown callback has no line for the command. The original skips the
      // rest of the message, so its next line is the end of the connection or the probe's helo.
      $0.before(contains: "unknown#") || $0.original.isTeardown
        || $0.original.text.hasPrefix("helo#")
    },
    KnownDifference(
      id: .quitNewConnection, facts: "3.14",
      original: "ignores K anywhere but after E and U, and the C after it",
      ours: "calls abort if in a message, and close, and answers the next C"
    ) {
      // A filter without a close callback has no line for K. The first difference is then a connect
      // that the original does not answer, or a macro that the original still has.
      $0.ours.isTeardown || $0.before(contains: "close#") || $0.ours.text.hasPrefix("connect#")
        || $0.ours.isLookUp && $0.original.isLookUp
    },
    KnownDifference(
      id: .skipBitsKept, facts: "3.15",
      original: "keeps the bits a negotiation adds for all later connections",
      ours: "keeps them for the connection"
    ) { _ in false },
    KnownDifference(
      id: .oddMacros, facts: "6.4",
      original: "reads past the end of the list of a macro packet with an odd number of strings",
      ours: "goes on searching"
    ) {
      // Only the original may crash, and not in every run.
      $0.ours.isLookUp && ($0.original.isEnd || $0.original.isLookUp)
    },
    KnownDifference(
      id: .macrosBeforeFirstCommand, facts: "6.5",
      original: "forgets macros that come a millisecond before the first command",
      ours: "never forgets them"
    ) { $0.original.isLookUp && $0.partsOnlyIn("getsymval(") },
    KnownDifference(
      id: .verdictInFinalBody, facts: "5.9, 5.10",
      original: "replies twice to E with data if body returns a verdict, or not at all",
      ours: "replies once; after CONTINUE, SKIP and NOREPLY eom is called"
    ) { $0.before(contains: "body#") },
    KnownDifference(
      id: .unknownWithoutNUL, facts: "5.6",
      original: "reads past the end of a U packet that does not end with NUL",
      ours: "takes the whole packet as a string"
    ) { $0.original.text.hasPrefix("unknown#") && $0.partsOnlyIn("unknown#") },
    KnownDifference(
      id: .replyWithoutLines, facts: "8.3",
      original: "smfi_setmlreply() without lines succeeds and makes an unfinished reply",
      ours: "it fails"
    ) { $0.original.text.hasPrefix("  setmlreply(") || $0.original.text.hasPrefix("  null.setml") },
  ]
}
