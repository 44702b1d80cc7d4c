import MilterKit

/// The m4 source of a private Sendmail's configuration.
struct SendmailConfiguration {
  /// The settings that differ from the defaults.
  let settings: RealMTA.Settings
  /// The instance's directory.
  let directory: String
  /// The path of Sendmail's own macro file.
  let macros: String

  /// Returns the text of the .mc file.
  ///
  /// - Throws: An error if a filter's socket is not valid.
  func source(port: UInt16) throws -> String {
    let filters = try settings.filters.enumerated().map { index, spec in
      let socket = try MTASocket(spec).sendmail
      let onFailure = settings.tempfailsOnFilterFailure ? ", F=T" : ""
      return "INPUT_MAIL_FILTER(`filter\(index)', `S=\(socket)\(onFailure)\(timeouts)')dnl"
    }
    let rejections = settings.rejectedRecipients.map {
      // The rule set gets the address with its angle brackets.
      "R<\($0)>\t$#error $@ 5.1.1 $: \"550 5.1.1 no such user\""
    }
    let definitions = self.definitions.map { "define(`\($0)', `\($1)')dnl" }
    let lines =
      ["include(`\(macros)')dnl", "OSTYPE(`linux')dnl"] + definitions + [
        "FEATURE(`accept_unresolvable_domains')dnl",
        "FEATURE(`accept_unqualified_senders')dnl",
        "FEATURE(`promiscuous_relay')dnl",
        "FEATURE(`nocanonify')dnl",
        "FEATURE(`no_default_msa')dnl",
        "DAEMON_OPTIONS(`Name=MTA, Addr=127.0.0.1, Port=\(port)')dnl",
      ] + filters + settings.sendmailLines + [
        "MAILER(`local')dnl", "MAILER(`smtp')dnl", "LOCAL_RULESETS", "SLocal_check_rcpt",
      ] + rejections
    return lines.joined(separator: "\n") + "\n"
  }

  private var definitions: [(String, String)] {
    [
      ("confDOMAIN_NAME", "sendmail.example.org"),
      ("QUEUE_DIR", "\(directory)/queue"),
      ("MSP_QUEUE_DIR", "\(directory)/queue"),
      ("STATUS_FILE", "\(directory)/statistics"),
      ("ALIAS_FILE", ""),
      ("confPID_FILE", "\(directory)/sendmail.pid"),
      ("confSERVICE_SWITCH_FILE", "\(directory)/service.switch"),
      ("confHOSTS_FILE", "\(directory)/hosts"),
      ("confDELIVERY_MODE", "q"),
      ("confMAX_MESSAGE_SIZE", "\(settings.messageSizeLimit)"),
      ("confTO_IDENT", "0s"),
      // Errors of a client and a busy machine must not cause pauses or refusals.
      ("confBAD_RCPT_THROTTLE", "0"),
      ("confQUEUE_LA", "1000"),
      ("confREFUSE_LA", "1000"),
      ("confDELAY_LA", "1000"),
    ]
  }

  /// The T= part of a filter's definition; empty if no timeout is set.
  private var timeouts: String {
    var parts: [String] = []
    if let limit = settings.connectTimeout { parts.append("C:\(limit.components.seconds)s") }
    if let limit = settings.commandTimeout {
      parts += ["S:\(limit.components.seconds)s", "R:\(limit.components.seconds)s"]
    }
    if let limit = settings.contentTimeout { parts.append("E:\(limit.components.seconds)s") }
    return parts.isEmpty ? "" : ", T=" + parts.joined(separator: ";")
  }
}
