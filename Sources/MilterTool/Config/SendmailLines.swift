/// What belongs into Sendmail's `sendmail.mc`.
struct SendmailLines {
  let text: String

  init(_ wish: ConfigVerb, _ socket: MTASocket) {
    let flag =
      switch wish.defaultAction {
      case .tempfail: ", F=T"
      case .reject: ", F=R"
      case .accept: ""
      }
    let seconds = max(30, wish.answerTime)
    let timeouts = "C:5m;S:30s;R:\(seconds)s;E:\(seconds > 300 ? "\(seconds)s" : "5m")"
    var lines = [
      "dnl \(wish.filter), in sendmail.mc, before the MAILER lines. Filters run in this order.",
      "INPUT_MAIL_FILTER(`\(wish.filter)', `S=\(socket.sendmail)\(flag), T=\(timeouts)')dnl",
    ]
    lines += wish.macros.map(\.sendmail)
    if let path = socket.path {
      lines.append("dnl No directory above \(path) may be writable for the group or for everyone.")
    }
    lines.append("dnl Then: make the .cf file anew and restart Sendmail.")
    text = lines.joined(separator: "\n") + "\n"
  }
}
