import MilterCore

extension MTAProfile {
  /// Sendmail 8.14 and later.
  public static let sendmail = libmilterReference.named("sendmail") {
    $0.aborts = .onReset
    $0.afterClientVerdict = .quit
    $0.intake = .sendmail
    $0.tellsUnknownAfterVerdict = false
    $0.discardAtConnectAccepts = true
    $0.macros = sendmailMacros
    $0.changes = sendmailChanges
    $0.replies = sendmailReplies
    $0.connectTimeout = .seconds(300)
    $0.commandTimeout = .seconds(10)
    $0.contentTimeout = .seconds(10)
    $0.endTimeout = .seconds(300)
  }

  /// Sendmail 8.13: protocol version 2.
  public static let sendmail8_13 = sendmail.named("sendmail-8.13") {
    $0.offer = .init(version: 2, actions: actions2, steps: steps2)
  }

  private static let sendmailMacros: Macros = {
    var macros = Macros()
    macros.lists = [
      .connect: "j _ {daemon_name} {if_name} {if_addr}",
      .helo: "{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}",
      .envfrom: "i {auth_type} {auth_authen} {auth_ssf} {auth_author} "
        + "{mail_mailer} {mail_host} {mail_addr}",
      .envrcpt: "{rcpt_mailer} {rcpt_host} {rcpt_addr}",
      .eom: "{msg_id}",
    ]
    macros.values["v"] = "8.17.1.9"
    macros.values["{daemon_name}"] = "MTA"
    macros.hostsEndWithDot = true
    macros.sendsEmptyPackets = true
    macros.forgetsRecipients = true
    return macros
  }()

  private static let sendmailChanges: Changes = {
    var changes = Changes()
    changes.addsHeadersBeforeTheirLike = true
    changes.countsDeletedHeaders = true
    changes.keepsHeaderNames = true
    // The fields for which its configuration has a default.
    changes.hiddenHeaders = [
      "Resent-Date", "Date", "Resent-From", "From", "Full-Name", "Resent-Message-Id", "Message-Id",
    ]
    changes.revivesRecipients = true
    changes.badArgument = .recipientDropped
    changes.keepsSenderArguments = true
    changes.resetsSenderArguments = true
    changes.interruptedBodiesFail = false
    changes.lineBreak = .replaced
    changes.emptyName = .dropped
    return changes
  }()

  private static let sendmailReplies: Replies = {
    var replies = Replies()
    let content = "554 5.7.1 Command rejected"
    replies.rejectAt = [
      .helo: "550 5.0.0 Command rejected", .header: content, .eoh: content, .body: content,
      .eom: content,
    ]
    replies.tempfail = "451 4.3.2 Please try again later"
    replies.brokenProtocol = replies.tempfail
    replies.refusedGreeting = "not accepting messages"
    replies.hidesConnectText = true
    replies.noRecipients = "503 5.0.0 Need RCPT (recipient)"
    replies.codesWithAddress = ["450", "550", "553"]
    replies.addsEnhancedCode = true
    replies.lonePercent = .replyDropped
    replies.limit = 16 * 1024
    replies.malformed = .reject
    replies.malformedRejectAt = [.header: replies.reject, .eoh: replies.reject]
    replies.text = .sevenBit
    return replies
  }()
}
