import MilterCommandLine

/// Macros that a filter needs at a stage.
struct MacroWish: Hashable, Sendable {
  /// A stage: its usual name, and what both MTAs call its list.
  private static let stages = [
    (stage: "connect", postfix: "milter_connect_macros", sendmail: "CONNECT"),
    (stage: "helo", postfix: "milter_helo_macros", sendmail: "HELO"),
    (stage: "envfrom", postfix: "milter_mail_macros", sendmail: "ENVFROM"),
    (stage: "envrcpt", postfix: "milter_rcpt_macros", sendmail: "ENVRCPT"),
    (stage: "data", postfix: "milter_data_macros", sendmail: "DATA"),
    (stage: "eoh", postfix: "milter_end_of_header_macros", sendmail: "EOH"),
    (stage: "eom", postfix: "milter_end_of_data_macros", sendmail: "EOM"),
  ]
  /// What Postfix sends unless it is told otherwise, by the name of the list.
  private static let postfixDefaults = [
    "milter_connect_macros": "j {daemon_name} {daemon_addr} v _",
    "milter_helo_macros": "{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}",
    "milter_mail_macros":
      "i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} {mail_mailer}",
    "milter_rcpt_macros": "i {rcpt_addr} {rcpt_host} {rcpt_mailer}",
  ]

  private let index: Int
  private let names: [String]

  /// Reads `STAGE=NAMES`, with blanks or commas between the names.
  init(_ text: String) throws(UsageError) {
    let parts = text.split(separator: "=", maxSplits: 1)
    let stage = parts.first.map(String.init) ?? ""
    guard parts.count == 2, let index = Self.stages.firstIndex(where: { $0.stage == stage }) else {
      let stages = Self.stages.map(\.stage).joined(separator: ", ")
      throw UsageError("--macros \(text): write STAGE=NAMES; the stages are \(stages)")
    }
    self.index = index
    names = parts[1].split { $0 == " " || $0 == "," }.map { name in
      name.utf8.count == 1 || name.hasPrefix("{") ? String(name) : "{\(name)}"
    }
  }

  /// The line for `main.cf`: Postfix has no way to add to its own list.
  var postfix: String {
    let list = Self.stages[index].postfix
    let usual = Self.postfixDefaults[list] ?? "i"
    let words = usual.split(separator: " ").map(String.init)
    return "\(list) = " + (words + names.filter { !words.contains($0) }).joined(separator: " ")
  }

  /// The line for `sendmail.mc`.
  var sendmail: String {
    let list = "confMILTER_MACROS_\(Self.stages[index].sendmail)"
    return "define(`\(list)', \(list)``, \(names.joined(separator: ", "))'')dnl"
  }
}
