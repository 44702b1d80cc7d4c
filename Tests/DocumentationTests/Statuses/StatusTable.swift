import MilterKit
import MilterTesting

/// The table of statuses in the documentation of a callback.
struct StatusTable {
  let callback: MilterCallback

  static let callbacks: [MilterCallback] = [
    .connect, .helo, .envfrom, .envrcpt, .data, .unknown, .header, .eoh, .body, .eom,
  ]

  /// The statuses that a callback may return, with the flag that each needs.
  var statuses: [(status: MilterStatus, flag: String?)] {
    var statuses: [(MilterStatus, String?)] = [
      (.continue, nil), (.accept, nil), (.reject, nil), (.tempfail, nil), (.discard, nil),
    ]
    if [.envrcpt, .header, .body].contains(callback) {
      statuses.append((.skip, callback == .body ? "skip" : nil))
    }
    if !callback.nrFlag.isEmpty { statuses.append((.noreply, "\(callback.nrFlag)")) }
    return statuses
  }

  var lines: [String] {
    let rows = statuses.map { status, flag in
      let name = "`.\(status)`" + (flag.map { " (needs `\($0)`)" } ?? "")
      let postfix = StatusEffect(of: status, from: callback, under: .postfix)
      let sendmail = StatusEffect(of: status, from: callback, under: .sendmail)
      if postfix == sendmail {
        return "| \(name) | \(postfix.outcome) | the same | \(postfix.rest) |"
      }
      let rest =
        postfix.rest == sendmail.rest
        ? postfix.rest : "\(postfix.rest); under Sendmail \(sendmail.rest)"
      let other = postfix.outcome == sendmail.outcome ? "the same" : sendmail.outcome
      return "| \(name) | \(postfix.outcome) | \(other) | \(rest) |"
    }
    return ["| Status | Postfix | Sendmail | The filter sees |", "|---|---|---|---|"] + rows
  }
}
