import MilterKit
import MilterCommandLine
import MilterMTA
import MilterSystem

/// `milter doctor`: finds out why an MTA and a filter do not work together.
struct DoctorVerb: Verb {
  static let name = "doctor"
  static let summary = "Finds common mistakes between an MTA and a filter, and prints the fix"
  static let usage = [
    "--socket SPEC [--postfix DIR | --sendmail FILE.cf] [OPTION ...]",
    "--chain FILE [--postfix DIR | --sendmail FILE.cf] [OPTION ...]",
  ]
  static let table = OptionTable<Self>([
    .init("socket", "SPEC", "where the filter listens: inet:PORT@HOST, inet6:PORT@HOST, unix:PATH")
    { $0.socket = try MTASocket($1) },
    .init("postfix", "DIR", "look at Postfix's main.cf and master.cf in this directory") {
      $0.postfix = $1
    },
    .init(
      "postconf", "PROGRAM",
      "Postfix's postconf, which evaluates its settings; none: do without; default: the one found"
    ) { $0.postconf = $1 },
    .init("postfix-version", "VERSION", "Postfix's release; default: postconf's") {
      guard let version = MTAVersion($1) else {
        throw UsageError("--postfix-version \($1): write a version such as 3.10.13")
      }
      $0.version = version
    },
    .init("sendmail", "FILE.cf", "look at this configuration of Sendmail") { $0.sendmail = $1 },
    .init(
      "chain", "FILE",
      "the filter is milter chain with this configuration file: compare its times with the MTA's"
    ) { $0.chain = $1 },
    .init("answer-time", "SECONDS", "how long the filter may take for an answer") {
      $0.answerTime = try UsageError.number($1, "answer-time", 1...86_400)
    },
  ])
  static let notes = """
    It connects to the filter and negotiates as the MTA would, and ends the connection then. Run it as
    root, so that it sees what the MTA's user would. It warns where the MTA accepts mail without a
    filter that may replace bodies. With --chain, the socket is that of the file unless it is given.

    The exit status is 0 when nothing is wrong, 3 after an error or a warning, 64 for a wrong command
    line and 1 for any other failure.

      milter doctor --socket unix:/run/greeter/socket --postfix /etc/postfix
    """

  /// The exit status if there are findings.
  private static let findingStatus: Int32 = 3

  private var socket: MTASocket?
  private var postfix: String?
  private var postconf: String?
  private var version: MTAVersion?
  private var sendmail: String?
  private var chain: String?
  private var answerTime: Int?

  func run(_ operands: [String]) throws -> Int32 {
    if let extra = operands.first { throw UsageError.unexpected(extra) }
    guard chain == nil || answerTime == nil else {
      throw UsageError("the times are those of the chain: leave out --answer-time or --chain")
    }
    let chain = try chain.map { try ConfiguredChainTimes(file: $0) }
    let given = try socket ?? chain?.sockets.first.map { try MTASocket($0) }
    guard let socket = given else { throw UsageError("no socket: give --socket SPEC") }
    let times = answerTime.map { FilterTimes(answerTime: $0) } ?? chain.map { FilterTimes($0) }
    guard postfix == nil || sendmail == nil else {
      throw UsageError("one MTA at a time: --postfix or --sendmail")
    }
    var findings = chain.map { ChainExamination($0).findings } ?? []
    if let postfix {
      let configuration = try PostfixConfiguration(directory: postfix, Postconf(postconf), version)
      let examination = PostfixExamination(configuration, socket, times)
      findings += examination.findings
      findings +=
        FilterExamination(
          socket, examination.limits, failOpen: examination.failOpen
        ).findings
    } else if let sendmail {
      let configuration = try SendmailConfiguration(file: sendmail)
      let examination = SendmailExamination(configuration, socket, times)
      findings += examination.findings
      findings +=
        FilterExamination(
          socket, examination.limits, failOpen: examination.failOpen
        ).findings
    } else {
      findings += FilterExamination(socket, MTALimits()).findings
    }
    return try tell(findings)
  }

  private func tell(_ findings: [Finding]) throws -> Int32 {
    let isColored = TerminalStyle.isColored
    for finding in findings {
      try StandardOutput.put(finding.text(isColored: isColored) + "\n")
    }
    let wrong = findings.count { $0.severity != .note }
    let summary = wrong == 0 ? "nothing is wrong" : "\(wrong) to fix"
    let notes = findings.count - wrong
    try StandardOutput.put(summary + (notes > 0 ? ", \(notes) to note" : "") + "\n")
    return wrong == 0 ? 0 : Self.findingStatus
  }
}
