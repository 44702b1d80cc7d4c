import MilterCore

extension MTASession {
  /// Acts on a reply.
  mutating func handle(_ reply: FilterReply) throws(MTAFailure) {
    guard let callback = waiting else {
      throw MTAFailure(.unexpectedReply, "the filter sent \(reply.code) unasked")
    }
    if callback == .negotiate { return try agree(reply) }
    if reply.code != .replacebody, transaction?.bodyRun == .running {
      transaction?.bodyRun = .ended
    }
    switch reply {
    case .progress: transaction?.outcome.progressReplies += 1
    case .negotiate:
      throw MTAFailure(.unexpectedReply, "the filter sent negotiate as its reply to \(callback)")
    case .addheader, .insheader, .chgheader, .chgfrom, .addrcpt, .addrcptPar, .delrcpt,
      .replacebody, .quarantine:
      try change(reply, callback)
    case .continue, .accept, .reject, .tempfail, .discard, .skip, .replycode, .shutdown,
      .connectionFailure:
      try decide(reply, callback)
      waiting = nil
    }
  }

  private mutating func agree(_ reply: FilterReply) throws(MTAFailure) {
    guard case .negotiate(let answer) = reply else {
      throw MTAFailure(.unexpectedReply, "the filter sent \(reply.code) instead of its options")
    }
    let offer = profile.offer
    let options = answer.options
    guard
      WireLimits.oldestVersion...max(WireLimits.oldestVersion, offer.version)
        ~= options.version
    else {
      throw MTAFailure(
        .refusedOffer,
        "the filter wants protocol version \(options.version), offered was \(offer.version)")
    }
    let actions = options.actions.subtracting(offer.actions)
    guard actions.isEmpty else {
      throw MTAFailure(.refusedOffer, "the filter wants actions that were not offered: \(actions)")
    }
    let steps = options.steps.subtracting(offer.steps)
    guard steps.isEmpty else {
      throw MTAFailure(.refusedOffer, "the filter wants steps that were not offered: \(steps)")
    }
    negotiated = answer
    transaction?.outcome.negotiated = answer
    decoder.maximumPayload = maximumPayload
    waiting = nil
  }

  /// Carries out a change of the message.
  private mutating func change(
    _ action: FilterReply, _ callback: MilterCallback
  ) throws(MTAFailure) {
    guard callback == .eom else {
      throw MTAFailure(
        .unexpectedReply, "the filter sent \(action.code) as its reply to \(callback)")
    }
    let options = negotiated?.options ?? MilterOptions(actions: [], steps: [])
    if let flag = action.code.flag, !options.actions.contains(flag) {
      throw MTAFailure(
        .unexpectedReply, "the filter sent \(action.code) without having negotiated \(flag)")
    }
    if action.code == .replacebody {
      guard transaction?.bodyRun != .ended else {
        throw MTAFailure(
          .interruptedBody, "the filter sent something else between two chunks of a new body")
      }
      transaction?.bodyRun = .running
    }
    if case .quarantine(let reason) = action { transaction?.outcome.quarantineReason = reason }
    transaction?.outcome.actions.append(action)
    if transaction?.edits == nil, let mail = transaction?.accepted {
      transaction?.edits = MailEdits(mail, leadingSpace: options.steps.contains(.hdrLeadspc))
    }
    if let warning = transaction?.edits?.apply(action) { warn(warning) }
  }

  /// Acts on a reply that ends a step.
  private mutating func decide(
    _ reply: FilterReply, _ callback: MilterCallback
  ) throws(MTAFailure) {
    let isAboutConnection = callback == .connect || callback == .helo
    switch reply {
    case .continue: if callback == .eom { end(.init(verdict: .accept, stage: .eom)) }
    case .accept:
      // What a filter says to a recipient that is refused anyhow does not count.
      if isRefused(callback) { return }
      end(.init(verdict: .accept, stage: callback), settles: isAboutConnection)
    case .discard:
      if isRefused(callback) { return }
      if isAboutConnection {
        warn("discard at \(callback) is ignored: MTAs take it for messages and recipients only")
      } else {
        end(.init(verdict: .discard, stage: callback))
      }
    case .skip: try skip(callback)
    case .reject: refuse(.rejected, callback)
    case .tempfail: refuse(.tempfailed, callback)
    case .replycode(let text):
      guard let own = SMTPReply(text) else {
        throw MTAFailure(
          .malformedReply, "the filter's own reply to \(callback) is no SMTP reply of class 4 or 5")
      }
      if own.hadLonePercent {
        warn("a lone % in the reply: Sendmail drops the text, Postfix the sign; write %%")
      }
      refuse(own, callback)
    case .shutdown: refuse(.shutdown, callback)
    case .connectionFailure:
      end(.init(verdict: .disconnect, stage: callback, disconnects: true), settles: true)
    case .progress, .negotiate, .addheader, .insheader, .chgheader, .chgfrom, .addrcpt,
      .addrcptPar, .delrcpt, .replacebody, .quarantine:
      break
    }
  }

  private func isRefused(_ callback: MilterCallback) -> Bool {
    guard callback == .envrcpt, let transaction, let number = transaction.recipient else {
      return false
    }
    return transaction.mail.envelope.recipients[number].refusal != nil
  }

  private mutating func skip(_ callback: MilterCallback) throws(MTAFailure) {
    guard negotiated?.options.steps.contains(.skip) == true, callback != .eom else {
      let reason = callback == .eom ? "at the end of the message" : "without having negotiated it"
      throw MTAFailure(.unexpectedReply, "the filter sent skip \(reason)")
    }
    if callback != .body {
      warn("skip at \(callback): Postfix takes it, Sendmail takes it at body only")
    }
    transaction?.skipped.insert(.init(callback))
  }

  /// Refuses the connection, the message or one recipient.
  private mutating func refuse(_ reply: SMTPReply, _ callback: MilterCallback) {
    let disconnects = reply.disconnects
    if callback == .envrcpt, !disconnects, let number = transaction?.recipient {
      if isRefused(callback) { return }
      transaction?.outcome.recipients[number].verdict = reply.verdict
      transaction?.outcome.recipients[number].reply = reply.lines
      return
    }
    end(
      .init(
        verdict: reply.verdict, stage: callback, reply: reply.lines, disconnects: disconnects),
      settles: disconnects || callback == .connect || callback == .helo)
  }

  private mutating func warn(_ text: String) { transaction?.outcome.warnings.append(text) }
}
