import MilterCore

/// The settings of a filter for the lines that enable it in an MTA.
package struct MTALineWish {
  /// The MTA's action on mail while a filter is down.
  package enum DefaultAction: String, CaseIterable, Sendable {
    case tempfail
    case reject
    case accept
    /// The client gets 421 and is disconnected.
    case shutdown
    /// Mail is accepted and held; Postfix only.
    case quarantine

    /// The action on mail, as a clause.
    package var effect: String {
      switch self {
      case .tempfail: "the client gets 451 and tries again later"
      case .reject: "the client gets 550, and mail is lost"
      case .accept: "mail goes unfiltered"
      case .shutdown: "the client gets 421, is disconnected, and tries again later"
      case .quarantine: "mail goes unfiltered to the queue \"hold\""
      }
    }
  }

  package var socket: MTASocket
  /// The filter's name: letters, digits, `-`, and `_`.
  ///
  /// Other characters would need quotes, or would end the name in Sendmail's line.
  package let name: String
  package var timeouts = MTATimeouts()
  package var defaultAction = DefaultAction.tempfail

  /// Creates the settings.
  ///
  /// - Parameters:
  ///   - socket: The filter's socket.
  ///   - name: The filter's name; each byte that is not allowed in a name becomes `-`.
  package init(_ socket: MTASocket, name: String) {
    self.socket = socket
    let bytes = name.utf8.map { $0.isNameByte ? $0 : UInt8(ascii: "-") }
    self.name = bytes.isEmpty ? "milter" : String(decoding: bytes, as: UTF8.self)
  }

  /// Whether MTAs accept a text as a filter's name without changes.
  package static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy(\.isNameByte)
  }

  /// The parameters for Postfix's `main.cf`, each on one line.
  package func postfix(queueDirectory: String) -> [String] {
    let spec = socket.postfix(queueDirectory: queueDirectory)
    return ["smtpd_milters = \(spec)", "milter_default_action = \(defaultAction.rawValue)"]
      + timeouts.postfix.map { "\($0.name) = \($0.value)" }
  }

  /// The line for Sendmail's `sendmail.mc`.
  package var sendmail: String {
    let flag =
      switch defaultAction {
      case .tempfail: ", F=T"
      case .reject: ", F=R"
      case .shutdown: ", F=4"
      case .accept, .quarantine: ""
      }
    return "INPUT_MAIL_FILTER(`\(name)', `S=\(socket.sendmail)\(flag), T=\(timeouts.sendmail)')"
  }
}
