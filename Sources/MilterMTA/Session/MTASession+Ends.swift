import MilterCore

extension MTASession {
  /// Applies a decision to all messages of the client.
  mutating func settle(_ decision: Decision) {
    settled = decision
    if decision.verdict == .failure {
      lose(decision)
    } else if decision.disconnects {
      finish(decision)
    }
    guard decision.verdict != .failure, decision.callback == .connect || decision.callback == .helo
    else {
      return
    }
    switch profile.afterClientVerdict {
    case .wait: break
    case .quit:
      MTACommand.quit.write(to: &writer)
      isClosed = true
    case .close: isClosed = true
    }
  }

  /// Continues without a filter that has failed, as far as the client does.
  ///
  /// For a message that is sent as a whole, the outcome is known at once.
  private mutating func lose(_ decision: Decision) {
    guard script == nil, transaction != nil else { return finish(decision) }
    switch decision.callback {
    case .envrcpt where !decision.disconnects: refuseLastRecipient(decision)
    case .header, .eoh, .body: transaction?.decision = decision
    default: finish(decision)
    }
  }

  /// Marks the most recent recipient as refused.
  mutating func refuseLastRecipient(_ decision: Decision) {
    guard let last = transaction?.recipients.indices.last else { return }
    transaction?.recipients[last].verdict =
      decision.verdict == .failure ? .tempfail : decision.verdict
    transaction?.recipients[last].reply = decision.reply
  }

  /// Ends the message.
  mutating func end(_ decision: Decision) {
    abortIfUndone(decision)
    finish(decision)
  }

  /// Sends abort to a filter that has not decided the message, where MTAs do so at once.
  mutating func abortIfUndone(_ decision: Decision) {
    guard profile.aborts == .unlessDone, transaction?.isShown == true,
      settled?.verdict != .failure
    else { return }
    // MTAs send no abort after a verdict about the sender, because the message has not begun for the filter.
    let isDone = decision.callback == .eom || decision.callback == .envfrom
    if !isDone { MTACommand.abort.write(to: &writer) }
    transaction?.isShown = false
  }

  /// Ends the current message with its outcome, which is not needed if the caller keeps the content.
  mutating func finish(_ decision: Decision) {
    // A comparison with nil would copy the whole message.
    if case .none = transaction, case .none = script { return }
    abort(after: decision)
    if keepsContent { outcome = outcome(of: decision) }
    if case .some = script { steps = [] }
    (transaction, script, warnings, refusal) = (nil, nil, [], nil)
  }

  /// Returns the outcome of the current message.
  private func outcome(of decision: Decision) -> MTAOutcome {
    let result = transaction?.edits?.result ?? acceptedMail
    var outcome = MTAOutcome(
      verdict: decision.verdict, original: script ?? transaction?.mail ?? result, result: result)
    outcome.queuedHeaders =
      transaction?.edits?.queuedHeaders ?? [received] + result.message.headers
    outcome.callback = decision.callback
    outcome.reply = decision.reply
    outcome.disconnects = decision.disconnects
    outcome.failure = decision.failure
    outcome.negotiated = negotiated
    outcome.recipients = recipients
    outcome.warnings = warnings
    outcome.steps = exchanges
    for reply in exchanges.lazy.flatMap(\.replies) {
      switch reply {
      case .progress: outcome.progressReplies += 1
      case .quarantine(let reason): outcome.quarantineReason = reason
      default: break
      }
      if reply.code.flag != nil { outcome.actions.append(reply) }
    }
    let isHeld = profile.dialect == .complete && outcome.quarantineReason != nil
    if outcome.verdict == .accept, isHeld { outcome.verdict = .quarantine }
    return outcome
  }

  /// Sends the abort for the end of a message, or notes that it is due.
  private mutating func abort(after decision: Decision) {
    guard let isShown = transaction?.isShown, !isClosed, settled == nil || isShown,
      decision.verdict != .failure
    else { return }
    let callback = decision.callback
    isDeaf = !profile.tellsUnknownAfterVerdict && callback != .envfrom && callback != .envrcpt
    switch profile.aborts {
    case .unlessDone, .never: break
    case .always: MTACommand.abort.write(to: &writer)
    case .onReset:
      let isEarly = callback == .envrcpt || callback == .data || callback == .unknown
      if decision.verdict == .discard, isEarly {
        MTACommand.abort.write(to: &writer)
      } else {
        owesAbort = isEarly && decision.verdict != .accept && isShown
      }
    }
  }

  /// The outcome of each recipient; the MTA decides about recipients for which the filter was not asked.
  private var recipients: [MTAOutcome.Recipient] {
    let asked = transaction?.recipients ?? []
    return asked + (script?.envelope.recipients.dropFirst(asked.count).map { .init($0) } ?? [])
  }

  /// The mail without the recipients that were refused.
  var acceptedMail: MTAMail {
    var mail = script ?? transaction?.mail ?? MTAMail(MTAMessage())
    mail.envelope.recipients = recipients.accepted
    return mail
  }

  /// The header field that the MTA itself adds at the top.
  var received: MTAHeader {
    let text =
      "from \(String(decoding: client.helo, as: UTF8.self)) "
      + "(\(String(decoding: client.host, as: UTF8.self)) [\(client.addressText)])\n"
      + "\tby \(profile.macros.values["j"] ?? "localhost") with ESMTP id \(queueID)"
    return MTAHeader("Received", text)
  }
}
