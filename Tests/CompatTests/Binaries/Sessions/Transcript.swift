import MilterCore
import MilterMTA
import MilterTextFixtures

/// The session of an MTA and a filter as text.
enum Transcript {
  /// Returns the negotiated options and the outcome of each message.
  static func text(of agreed: MilterNegotiation?, _ outcomes: [MTAOutcome]) -> String {
    ([text(of: agreed)] + outcomes.map(text)).map { "\($0)\n" }.joined()
  }

  private static func text(of agreed: MilterNegotiation?) -> String {
    guard let agreed else { return "nothing agreed" }
    func hex(_ number: UInt32) -> String { "0x" + String(number, radix: 16) }
    let lists = agreed.macroLists.map {
      " \($0.stage)(\(String(decoding: $0.macros, as: UTF8.self)))"
    }
    return "actions \(hex(agreed.options.actions.rawValue)) steps "
      + "\(hex(agreed.options.steps.rawValue))\(lists.joined())"
  }

  private static func text(of outcome: MTAOutcome) -> String {
    var lines = ["-- \(outcome.verdict)" + (outcome.callback.map { " at \($0)" } ?? "")]
    lines += outcome.replyTexts
    for recipient in outcome.recipients where recipient.verdict != .accept {
      let reply = recipient.reply.texts.joined(separator: " ")
      lines.append("\(recipient.path): \(recipient.verdict) \(reply)")
    }
    lines += outcome.actionTexts
    if let failure = outcome.failure { lines.append("failure: \(failure)") }
    return steady(lines.joined(separator: "\n").replacing("\r\n", with: "\n"))
  }

  /// Returns the text without the parts that differ in each run: times, signatures, and releases.
  private static func steady(_ text: String) -> String {
    text.replacing(#/\bt=\d+/#, with: "t=TIME")
      .replacing(#/\bb=[A-Za-z0-9+\/=\s]+\z/#, with: "b=SIGNATURE")
      .replacing(#/clamav-milter \d\S*/#, with: "clamav-milter RELEASE")
      .replacing(
        #/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}( \([A-Z]+\))?/#,
        with: "DATE")
  }
}
