/// What the lines are to say that enable a filter in an MTA.
package struct MTALineWish {
  /// What an MTA does with mail while a filter is down.
  package enum DefaultAction: String, Sendable {
    case tempfail
    case reject
    case accept
  }

  package var socket: MTASocket
  /// What the filter is called.
  package var name: String
  package var timeouts = MTATimeouts()
  package var defaultAction = DefaultAction.tempfail

  package init(_ socket: MTASocket, name: String) {
    self.socket = socket
    self.name = name
  }

  /// The parameters for Postfix's `main.cf`, each on a line.
  package func postfix(queueDirectory: String) -> [String] {
    let spec = socket.postfix(queueDirectory: queueDirectory)
    return ["smtpd_milters = \(spec)", "milter_default_action = \(defaultAction)"]
      + timeouts.postfix.map { "\($0.name) = \($0.value)" }
  }

  /// The line for Sendmail's `sendmail.mc`.
  package var sendmail: String {
    let flag =
      switch defaultAction {
      case .tempfail: ", F=T"
      case .reject: ", F=R"
      case .accept: ""
      }
    return "INPUT_MAIL_FILTER(`\(name)', `S=\(socket.sendmail)\(flag), T=\(timeouts.sendmail)')"
  }
}
