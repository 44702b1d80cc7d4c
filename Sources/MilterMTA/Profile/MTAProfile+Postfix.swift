import MilterCore

extension MTAProfile {
  /// Postfix 2.6 to 3.8, for mail that arrives by SMTP: `smtpd_milters`.
  public static let postfix = libmilterReference.named("postfix") {
    $0.settings = ["milter_default_action"]
    $0.aborts = .always
    $0.afterClientVerdict = .close
    $0.reusesConnections = false
    $0.showsUnknownArguments = false
    $0.macros = postfixMacros
    $0.intake = .postfix
    $0.changes.repeatsRecipients = true
    $0.changes.badArgument = .dropped
    $0.changes.keepsSenderArguments = true
    $0.changes.endsLastLine = true
    $0.changes.fieldLimit = $0.intake.fieldLimit
    $0.replies.brokenProtocol = "451 4.3.5 Server configuration problem - try again later"
    $0.replies.refusedGreeting = "not accepting connections"
    $0.replies.closingGreeting = "Service unavailable - try again later"
    $0.replies.malformed = .failure
    $0.replies.refusesMixedClasses = true
    $0.replies.text = .printable
  }

  /// Postfix for mail that local programs submit: `non_smtpd_milters`.
  ///
  /// Postfix simulates the session before the message: a client `localhost`, and addresses without brackets.
  public static let postfixSubmission = postfix.named("postfix-submission") {
    $0.bracketsAddresses = false
    $0.aborts = .unlessDone
    $0.macros.queueIDNeedsRecipient = false
    $0.macros.lists[.envfrom] = "i {mail_addr}"
    $0.macros.lists[.envrcpt] = "i {rcpt_addr}"
  }

  /// Postfix 2.3: protocol version 2, and no new bodies.
  public static let postfix2_3 = postfix.named("postfix-2.3") {
    $0.offer = .init(version: 2, actions: actions2, steps: steps2)
    $0.offer.actions.subtract([.chgbody, .quarantine])
  }

  /// Postfix 2.4: protocol version 2.
  public static let postfix2_4 = postfix.named("postfix-2.4") {
    $0.offer = .init(version: 2, actions: actions2, steps: steps2)
  }

  /// Postfix 2.5: the default is protocol version 2; here it is configured for version 6.
  ///
  /// It cannot change the sender, add recipients with arguments, or send recipients that it refuses.
  public static let postfix2_5 = postfix.named("postfix-2.5") {
    $0.offer.actions.subtract([.chgfrom, .addrcptPar])
    $0.offer.steps.remove(.rcptRej)
  }

  /// Postfix 3.9, for clients outside of its own networks: each CR that does not end a line becomes a space.
  public static let postfix3_9 = postfix.named("postfix-3.9") {
    $0.settings.append("force_mime_input_conversion")
    $0.intake.bareCR = .replaced
  }

  /// Postfix 3.10.8 and later: filters get the arguments of unknown commands, and can refuse them only
  /// temporarily.
  ///
  /// The client of a filter that fails is disconnected.
  public static let postfix3_10 = postfix3_9.named("postfix-3.10") {
    $0.failureAction = .shutdown
    $0.showsUnknownArguments = true
    $0.takesUnknownRejects = false
    $0.macros.values["v"] = "Postfix 3.10.13"
  }

  /// Postfix 3.11.7: all lines of a reply are checked, and a message that needs TLS gets a field.
  public static let postfix3_11 = postfix3_10.named("postfix-3.11") {
    $0.replies.checksEachLine = true
    $0.settings += ["non_empty_end_of_header_action", "requiretls_esmtp_header"]
    $0.intake.recordsRequireTLS = true
    $0.macros.values["v"] = "Postfix 3.11.7"
  }

  private static let postfixMacros: Macros = {
    var macros = Macros()
    macros.lists = [
      .connect: "j {daemon_name} {daemon_addr} v _",
      .helo: "{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}",
      .envfrom: "i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} {mail_mailer}",
      .envrcpt: "i {rcpt_addr} {rcpt_host} {rcpt_mailer}",
      .data: "i", .header: "i", .eoh: "i", .body: "i", .eom: "i", .unknown: "",
    ]
    macros.values["v"] = "Postfix 3.7.11"
    macros.queueIDNeedsRecipient = true
    macros.ignoresEmptyLists = true
    macros.unwantedSteps = [.connect, .helo, .envfrom, .envrcpt, .data, .eom, .unknown]
    macros.sendsEmptyPackets = true
    macros.forgetsRecipients = true
    macros.lowercasesAddresses = true
    macros.nullSenderIsLocal = false
    macros.mailer = "smtp"
    return macros
  }()
}
