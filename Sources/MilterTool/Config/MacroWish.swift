import MilterCommandLine
import MilterCore
import MilterMTA

/// The macros that a filter needs at a stage.
struct MacroWish: Hashable, Sendable {
  /// The stages, with the name of each list in both MTAs.
  private static let stages: [(stage: MilterStage, postfix: String, sendmail: String)] = [
    (.connect, "milter_connect_macros", "CONNECT"),
    (.helo, "milter_helo_macros", "HELO"),
    (.envfrom, "milter_mail_macros", "ENVFROM"),
    (.envrcpt, "milter_rcpt_macros", "ENVRCPT"),
    (.data, "milter_data_macros", "DATA"),
    (.eoh, "milter_end_of_header_macros", "EOH"),
    (.eom, "milter_end_of_data_macros", "EOM"),
  ]

  private let index: Int
  private let names: [String]

  /// Reads `STAGE=NAMES`, with spaces or commas between the names.
  init(_ text: String) throws(UsageError) {
    let parts = text.split(separator: "=", maxSplits: 1)
    let stage = parts.first.map(String.init) ?? ""
    guard parts.count == 2,
      let index = Self.stages.firstIndex(where: { $0.stage.description == stage })
    else {
      let stages = Self.stages.map(\.stage.description).joined(separator: ", ")
      throw UsageError("--macros \(text): write STAGE=NAMES; the stages are \(stages)")
    }
    self.index = index
    names = parts[1].split { $0 == " " || $0 == "," }
      .map { MilterMacroName(String($0)).description }
  }

  /// The line for `main.cf`, which replaces the list, because Postfix cannot add to it.
  var postfix: String {
    let (stage, list, _) = Self.stages[index]
    let usual = MTAProfile.postfix.macros.lists[stage.callback] ?? ""
    let words = usual.split(separator: " ").map(String.init)
    return "\(list) = " + (words + names.filter { !words.contains($0) }).joined(separator: " ")
  }

  /// The line for `sendmail.mc`.
  var sendmail: String {
    let list = "confMILTER_MACROS_\(Self.stages[index].sendmail)"
    return "define(`\(list)', \(list)``, \(names.joined(separator: ", "))'')dnl"
  }
}
