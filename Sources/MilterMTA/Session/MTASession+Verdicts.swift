import MilterCore

extension MTASession {
  /// Handles a reply that ends a step.
  mutating func decide(_ reply: FilterReply, _ callback: MilterCallback) throws(MTAFailure) {
    // The filter's reply to a recipient that the MTA refuses has no effect.
    if callback == .envrcpt, transaction?.recipients.last?.path.refusal != nil { return }
    switch reply {
    case .continue: if callback == .eom { end(.init(verdict: .accept, callback: .eom)) }
    case .accept where profile.dialect == .stalwart && callback != .eom: break
    case .accept: rule(.init(verdict: .accept, callback: callback), callback)
    case .discard: discard(callback)
    case .skip: try skip(callback)
    case .reject: refuse(.init(.reject, plainReject(callback)), callback)
    case .tempfail: refuse(.init(.tempfail, profile.replies.tempfail), callback)
    case .replycode(let text):
      try refuse(text, callback)
    case .shutdown: refuse(.init(.disconnect, profile.replies.shutdown), callback)
    case .connectionFailure:
      cut(.init(verdict: .disconnect, callback: callback, disconnects: true), callback)
    case .progress, .negotiate, .addheader, .insheader, .chgheader, .chgfrom, .addrcpt,
      .addrcptPar, .delrcpt, .replacebody, .quarantine:
      break
    }
  }

  /// Refuses with the filter's own reply, if the MTA accepts the reply.
  private mutating func refuse(_ text: [UInt8], _ callback: MilterCallback) throws(MTAFailure) {
    let mixed =
      profile.replies.checksEachLine
      ? SMTPReply.fault(inLinesOf: text) : MilterReply.classDifference(text)
    if let mixed {
      warnings.append(
        "malformed reply \(VisibleText.escaped(text)): \(mixed); Postfix answers 451 4.3.5, Sendmail "
          + "passes it on")
    }
    if let own = SMTPReply(text, as: profile.dialect),
      mixed == nil || !profile.replies.refusesMixedClasses
    {
      return refuse(adapted(own, callback), callback)
    }
    let reason = mixed ?? "it is not an SMTP reply of class 4 or 5"
    guard profile.replies.malformed == .reject else {
      throw MTAFailure(.malformedReply, "malformed reply to \(callback): \(reason)")
    }
    warnings.append(
      "malformed reply \(VisibleText.escaped(text)): Sendmail treats it as a plain reject")
    let reply = profile.replies.malformedRejectAt[callback].map { [Array($0.utf8)] }
    refuse(.init(.reject, reply ?? plainReject(callback)), callback)
  }

  private mutating func discard(_ callback: MilterCallback) {
    // For the filter, the message is nevertheless decided.
    if isIgnored(callback) { return rule(.init(verdict: .accept, callback: callback), callback) }
    let isOfClient = callback == .connect || callback == .helo
    guard isOfClient, profile.dialect == .complete else {
      return rule(.init(verdict: .discard, callback: callback), callback)
    }
    if callback == .connect, profile.discardAtConnectAccepts {
      warnings.append("discard at connect is treated as accept")
      settle(.init(verdict: .accept, callback: callback))
    } else {
      warnings.append(
        "discard at \(callback) is ignored: MTAs accept it only for messages and recipients")
    }
  }

  private mutating func skip(_ callback: MilterCallback) throws(MTAFailure) {
    let isTaken =
      profile.dialect == .stalwart
      ? callback == .body
      : negotiated?.options.steps.contains(.skip) == true && callback != .eom
    guard isTaken else {
      let reason = callback == .eom ? "at the end of the message" : "without having negotiated it"
      throw MTAFailure(.unexpectedReply, "the filter sent skip \(reason)")
    }
    if callback != .body {
      warnings.append("skip at \(callback): Postfix accepts it, Sendmail only at body")
    }
    bodyRest = []
    transaction?.skipped.insert(.init(callback))
  }

  /// Refuses the client, the message, one recipient, or one command.
  private mutating func refuse(_ reply: SMTPReply, _ callback: MilterCallback) {
    if reply.verdict == .reject, isIgnored(callback) { return }
    let disconnects =
      profile.dialect == .complete ? reply.disconnects : reply.verdict == .disconnect
    let decision = profile.replies.filtered(
      Decision(
        verdict: reply.verdict, callback: callback,
        reply: disconnects ? closing(reply.lines, at: callback) : reply.lines,
        disconnects: disconnects))
    if isTold(decision, at: callback) { current?.reply = decision.reply }
    if decision.disconnects { return cut(decision, callback) }
    switch callback {
    case .unknown: break
    case .envrcpt where profile.dialect == .complete: refuseLastRecipient(decision)
    default: rule(decision, callback)
    }
  }

  /// Whether a reject or a discard has no effect, except for a warning.
  private mutating func isIgnored(_ callback: MilterCallback) -> Bool {
    guard callback == .unknown, !profile.takesUnknownRejects else { return false }
    warnings.append(
      "reject and discard at unknown are ignored: Postfix since 3.10 accepts only tempfail")
    return true
  }

  /// Whether the client gets a refusal at once.
  ///
  /// The client gets a refusal of the content at the end of the content. The client gets a greeting unless it
  /// is rejected, and a positive reply to EHLO unless it is disconnected; its MAIL is refused later.
  func isTold(_ decision: Decision, at callback: MilterCallback) -> Bool {
    guard profile.dialect == .complete else { return callback == .eom }
    return switch callback {
    case .header, .eoh, .body: false
    case .helo: decision.disconnects
    case .connect:
      decision.disconnects || decision.verdict != .tempfail && decision.verdict != .failure
    default: true
    }
  }

  /// The decision about a filter that has failed, with the text of a temporary refusal.
  func decision(about failure: MTAFailure, _ text: String) -> Decision {
    let disconnects = profile.failureAction == .shutdown
    let reply = [Array((disconnects ? "421" + text.dropFirst(3) : text).utf8)]
    return profile.replies.filtered(
      Decision(
        verdict: .failure, callback: waiting,
        reply: disconnects ? closing(reply, at: waiting) : reply, disconnects: disconnects,
        failure: failure))
  }

  /// Has the next message refused as if the filter were gone, where it has broken the protocol in content.
  ///
  /// Another process of Postfix handles the content, and ends the connection.
  mutating func forgetBreach(at callback: MilterCallback?) {
    guard profile.failureAction == .tempfail else { return }
    switch callback {
    case .header, .eoh, .body, .eom:
      settled?.reply = profile.replies.filtered([Array(profile.replies.tempfail.utf8)])
    default: break
    }
  }

  /// The reply with which a client is disconnected, which before the greeting is the MTA's own.
  private func closing(_ reply: [[UInt8]], at callback: MilterCallback?) -> [[UInt8]] {
    guard callback == .connect || callback == .negotiate,
      let text = profile.replies.closingGreeting
    else { return reply }
    return [Array("421 \(profile.macros.values["j"] ?? "") \(text)".utf8)]
  }

  /// Disconnects the client: at once or, in the content, at its end.
  private mutating func cut(_ decision: Decision, _ callback: MilterCallback) {
    switch callback {
    case .header, .eoh, .body:
      bodyRest = []
      transaction?.decision = decision
    default: settle(decision)
    }
  }

  /// Applies a verdict about the client or the message.
  private mutating func rule(_ decision: Decision, _ callback: MilterCallback) {
    switch callback {
    case .connect, .helo: settle(decision)
    case .eom: end(decision)
    case _ where !decision.verdict.isPositive && (callback == .envfrom || callback == .data):
      end(decision)
    default:
      bodyRest = []
      abortIfUndone(decision)
      transaction?.decision = decision
    }
  }

  /// Returns the reply for a reject without a reply text of the filter.
  private func plainReject(_ callback: MilterCallback) -> [[UInt8]] {
    let replies = profile.replies
    if callback == .connect, let greeting = replies.refusedGreeting {
      return [Array("554 \(profile.macros.values["j"] ?? "") ESMTP \(greeting)".utf8)]
    }
    return [addressed(Array((replies.rejectAt[callback] ?? replies.reject).utf8), callback)]
  }

  /// Returns a filter's own reply in the form for the client.
  private mutating func adapted(_ own: SMTPReply, _ callback: MilterCallback) -> SMTPReply {
    let replies = profile.replies
    var reply = own
    if callback == .connect, own.verdict == .reject, replies.refusedGreeting != nil {
      reply.lines = plainReject(callback)
      return reply
    }
    var isDropped = callback == .connect && replies.hidesConnectText
    if own.hadLonePercent {
      warnings.append("a lone % in the reply: Sendmail drops the text, Postfix the sign; write %%")
      if replies.lonePercent == .replyDropped { isDropped = true }
    }
    if isDropped {
      reply.lines =
        own.verdict == .reject ? plainReject(callback) : [Array(replies.tempfail.utf8)]
      return reply
    }
    if reply.isCut {
      warnings.append(
        "the lines of the reply do not follow each other as \"550-\" and \"550 \": the client waits "
          + "for more, or takes the rest for the next reply")
    }
    if reply.lines.contains(where: { $0.contains { !(0x20...0x7E ~= $0) } }) {
      warnings.append(
        "the reply is not printable ASCII: Sendmail strips the eighth bit, Postfix makes spaces of "
          + "control characters and of what is not UTF-8")
      reply.adapt(to: replies.text)
    }
    reply.limit(to: replies.limit)
    if replies.addsEnhancedCode { reply.addEnhancedCode() }
    if reply.lines.count == 1 { reply.lines[0] = addressed(reply.lines[0], callback) }
    return reply
  }

  /// Adds the address to a reply to MAIL or RCPT, if the MTA does so.
  private func addressed(_ line: [UInt8], _ callback: MilterCallback) -> [UInt8] {
    let code = String(decoding: line.prefix(3), as: UTF8.self)
    let path: MTAEnvelope.Path? =
      switch callback {
      case .envfrom: transaction?.mail.envelope.sender
      case .envrcpt: transaction?.mail.envelope.recipients.last
      default: nil
      }
    guard let path, profile.replies.codesWithAddress.contains(code) else { return line }
    let start = line.count - SMTPReply.text(of: line).count
    return line[..<start] + path.address + Array("... ".utf8) + line[start...]
  }
}
