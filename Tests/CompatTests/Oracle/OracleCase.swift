/// A recorded example: the filter's rules, the bytes sent, and the outcome.
struct OracleCase: Sendable, CustomStringConvertible {
  /// The number of the fact in `Facts.md` that this example shows.
  let fact: String
  /// The filter's rules, one on each line: callback, number of the call (0 is all), verb,
  /// arguments.
  var rules = ""
  /// The registered callbacks; all but negotiate if there are none.
  var callbacks: [Variant.Callback] = []
  var flags: UInt64 = 0x1ff
  var version: Int64 = 0x0100_0001
  var limit = 0
  /// The bytes that are sent in one write.
  let sent: [UInt8]
  /// The reply packets, separated by spaces; `O` alone is the usual reply to a negotiation.
  let replies: String
  /// The called callbacks in order.
  let called: String
  /// Lines that the trace must contain.
  var traced: [String] = []
  /// The outcome of our library, if it differs on purpose.
  var ours: (replies: String, called: String)?

  static let all = framing + order + negotiation + arguments + macros + replies

  var description: String {
    "\(fact): \(rules.isEmpty ? called : rules.replacing("\n", with: "; "))"
  }

  var variant: Variant {
    var variant = Variant()
    variant.flags = flags
    variant.version = version
    variant.limit = limit
    variant.callbacks = callbacks.reduce(0) { $0 | $1.bit }
    if callbacks.isEmpty {
      variant.callbacks = Variant.Callback.all & ~Variant.Callback.negotiate.bit
    }
    return variant
  }

  var session: Session {
    var session = Session(seed: 0, variant: variant)
    session.manners = .rules
    session.rules = rules
    session.steps = [.write(sent)]
    return session
  }

  /// Returns an outcome in the notation of the cases.
  static func shown(_ outcome: Outcome) -> (replies: String, called: String) {
    let usual = "O\\x00\\x00\\x00\\x06\\x00\\x00\\x01\\xff\\x00\\x00\\x00\\x00"
    let replies = Report.packets(outcome.replies)
      .map { $0 == usual ? "O" : $0.contains(" ") ? "[\($0)]" : $0 }
    let called = Parting.lines(outcome.trace).filter { !$0.text.hasPrefix(" ") }
      .map { $0.text.prefix { $0 != "#" } }
    return (replies.joined(separator: " "), called.joined(separator: " "))
  }
}

/// The packets of the recorded examples by their letters.
enum Letters {
  /// Returns the bytes of the packets for these letters.
  static func bytes(_ letters: String, _ more: [Packet] = []) -> [UInt8] {
    (letters.compactMap { packets[$0] } + more).bytes
  }

  static let packets: [Character: Packet] = [
    "O": .negotiate(), "C": .connect("mx", "4", 25, "192.0.2.7"), "H": .helo("client"),
    "M": .mail("<a@b>"), "R": .rcpt("<c@d>"), "T": .data, "L": .header("Subject", "hi"),
    "N": .endOfHeaders, "B": .body("hello\r\n"), "E": .end, "A": .abort, "Q": .quit,
    "K": .quitNewConnection, "U": .unknown("XYZ"),
  ]
}
