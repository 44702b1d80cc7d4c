import MilterCore

extension MTASession {
  /// Continues until the filter must reply, or there is nothing left to do.
  mutating func proceed() {
    while waiting == nil, negotiated != nil || settled?.verdict == .failure {
      if !bodyRest.isEmpty {
        sendChunk()
      } else if let step = steps.popFirst() {
        begin(step)
      } else {
        return
      }
    }
  }

  /// Performs a step, when the steps before it are complete.
  mutating func begin(_ step: MTAStep) {
    forgetOutcome()
    if let current, keepsContent { pastExchanges.append(current) }
    current = MTAExchange(step)
    switch step {
    case .connect(let host, let address):
      client = Client(hasConnected: true, host: host, address: address)
      tell(step)
    case .helo(let name): helo(name, step)
    case .mail(let path): mail(path, step)
    case .rcpt(let path): rcpt(path, step)
    case .data: data(step)
    case .header, .eoh, .body, .eom: content(step)
    case .unknown: unknown(step)
    case .reset: giveUp()
    case .newClient: newClient()
    }
  }

  /// Removes the last message, because another step follows.
  mutating func forgetOutcome() {
    // A comparison would copy the whole outcome.
    guard case .some = outcome else { return }
    outcome = nil
    pastExchanges = []
    current = nil
  }

  private mutating func helo(_ name: [UInt8], _ step: MTAStep) {
    let isAgain = client.hasSaidHelo
    client.hasSaidHelo = true
    client.helo = name
    guard profile.aborts == .always else {
      giveUp()
      return tell(step)
    }
    // Postfix sends the command first, and then aborts the message.
    let isOpen = !isClosed
    let aborts = (isAgain ? 1 : 0) + (transaction != nil ? 1 : 0)
    transaction = nil
    tell(step)
    if isOpen { for _ in 0..<aborts { MTACommand.abort.write(to: &writer) } }
  }

  private mutating func mail(_ path: MTAEnvelope.Path, _ step: MTAStep) {
    guard transaction == nil else { return refuse("503 5.5.1 Error: nested MAIL command") }
    sendOwedAbort()
    beginMessage(path)
    if let settled {
      if settled.verdict != .accept {
        current?.fate = .decided
        current?.reply = settled.reply
        return finish(settled)
      }
      transaction?.decision = settled
    }
    tell(step)
  }

  /// A message begins.
  mutating func beginMessage(_ path: MTAEnvelope.Path) {
    tally = ChangeTally()
    messageCount += 1
    isDeaf = false
    lastChunk = []
    if case .none = script { (warnings, refusal) = ([], nil) }
    var envelope = MTAEnvelope(client, sender: path)
    if let script { envelope.macros = script.envelope.macros }
    transaction = Transaction(envelope, of: script?.message)
  }

  private mutating func rcpt(_ path: MTAEnvelope.Path, _ step: MTAStep) {
    guard transaction?.isContent == false else {
      return refuse("503 5.5.1 Error: need MAIL command")
    }
    transaction?.add(path)
    if let refusal = path.refusal {
      let reply = profile.replies.filtered([refusal])
      current?.reply = reply
      transaction?.refuseLast(reply)
      // The filter gets no sign of a recipient that the MTA refuses, unless it requests them.
      if negotiated?.options.steps.contains(.rcptRej) != true {
        current?.fate = .refused
        return
      }
    }
    if let settled, settled.verdict == .failure {
      current?.reply = settled.reply
      refuseLastRecipient(settled)
    }
    tell(step)
  }

  private mutating func data(_ step: MTAStep) {
    guard let transaction, !transaction.isContent else {
      return refuse("503 5.5.1 Error: need RCPT command")
    }
    self.transaction?.hasQueueFile = true
    let lost = settled?.verdict == .failure ? settled : nil
    guard transaction.hasRecipients else {
      let last = transaction.recipients.last { $0.path.refusal == nil }
      current?.fate = .refused
      let reply = profile.replies.filtered([Array(profile.replies.noRecipients.utf8)])
      current?.reply = reply
      return end(
        lost ?? last.map { Decision(verdict: $0.verdict, callback: .envrcpt, reply: $0.reply) }
          ?? Decision(verdict: MTAVerdict.reject.shown(by: reply), reply: reply))
    }
    if let lost {
      current?.fate = .decided
      current?.reply = lost.reply
      return end(lost)
    }
    self.transaction?.isContent = true
    if (negotiated?.options.version ?? 0) < 4 {
      sendMacros(before: step)
      current?.fate = .leftOut
    } else {
      tell(step)
    }
  }

  private mutating func content(_ step: MTAStep) {
    guard transaction?.isContent == true else {
      return refuse("503 5.5.1 Error: need DATA command")
    }
    if let refusal, transaction?.decision == nil {
      let decision = Decision(
        verdict: MTAVerdict(refusal: refusal.utf8), reply: [Array(refusal.utf8)],
        disconnects: refusal.utf8.disconnectsClient)
      transaction?.decision = profile.replies.filtered(decision)
    }
    switch step {
    case .header(let header) where keepsContent: transaction?.mail.message.headers.append(header)
    case .body(let bytes) where keepsContent: transaction?.mail.message.body += bytes
    default: break
    }
    if step == .eom, let decision = transaction?.decision {
      current?.fate = .decided
      current?.reply = decision.reply
      let isNews = decision.disconnects && decision.verdict != .failure
      return isNews ? settle(decision) : end(decision)
    }
    if step == .eom, endsUnasked { return end(.init(verdict: .accept)) }
    tell(step)
  }

  /// Whether the MTA does not ask the filter at the message's end.
  private var endsUnasked: Bool {
    profile.dialect == .stalwart && negotiated?.options.steps.contains(.nobody) == true
  }

  private mutating func unknown(_ step: MTAStep) {
    if isDeaf {
      current?.fate = .decided
    } else {
      tell(step)
    }
  }

  private mutating func newClient() {
    giveUp()
    settled = settled?.verdict == .failure ? settled : nil
    client = Client()
    isDeaf = false
    macros = MTAMacros()
    guard settled == nil else { return }
    MTACommand.quitNewConnection.write(to: &writer)
  }

  /// Aborts the current message.
  private mutating func giveUp() {
    sendOwedAbort()
    guard let transaction else { return }
    let isShown = profile.aborts == .always ? !isClosed : transaction.isShown
    if isShown, profile.aborts != .never, settled?.verdict != .failure {
      MTACommand.abort.write(to: &writer)
    }
    self.transaction = nil
    script = nil
  }

  /// Sends an abort that was not sent when its message ended.
  private mutating func sendOwedAbort() {
    if owesAbort { MTACommand.abort.write(to: &writer) }
    owesAbort = false
  }

  /// Refuses a command that is not allowed here.
  private mutating func refuse(_ reply: String) {
    current?.fate = .refused
    current?.reply = profile.replies.filtered([Array(reply.utf8)])
  }

  /// Sends the filter a step, unless the filter has given its verdict or does not want the step.
  private mutating func tell(_ step: MTAStep) {
    let callback = step.callback
    guard settled == nil, transaction?.decision == nil, !isClosed else {
      current?.fate = .decided
      current?.failure = settled?.failure
      if let settled, callback == .connect, isTold(settled, at: callback) {
        current?.reply = settled.reply
      }
      return
    }
    let steps = negotiated?.options.steps ?? []
    let isLeftOut = isLeftOut(callback, steps)
    let isSkipped = transaction?.skipped.contains(.init(callback)) == true
    if isLeftOut || isSkipped {
      if profile.macros.unwantedSteps.contains(.init(callback)), !isSkipped {
        sendMacros(before: step)
      }
      current?.fate = isLeftOut ? .leftOut : .skipped
      return
    }
    if case .body(let bytes) = step {
      if isNoReply(.body) { current?.fate = .told }
      transaction?.isShown = true
      bodyRest = headerInBody[...] + bytes
      return
    }
    sendMacros(before: step)
    command(step).write(to: &writer)
    if callback == .eom { lastChunk = [] }
    transaction?.isShown = true
    if isNoReply(callback) { current?.fate = .told } else { waiting = callback }
  }

  /// Whether a step is not sent, as negotiated or because the MTA never sends it.
  private func isLeftOut(_ callback: MilterCallback, _ steps: MilterProtocolFlags) -> Bool {
    if profile.dialect == .stalwart {
      if callback == .eoh { return steps.contains(.nohdrs) }
      if callback == .unknown { return true }
    }
    return steps.leavesOut(callback)
  }

  /// The header, where the MTA sends it before the first part of the body.
  private var headerInBody: [UInt8] {
    guard profile.dialect == .stalwart, let message = transaction?.mail.message else { return [] }
    let isFirst = !exchanges.dropLast().contains { $0.callback == .body }
    return isFirst ? MTAMessage(headers: message.headers).bytes : []
  }

  private mutating func sendChunk() {
    guard let step = current?.step else { return }
    let chunk = lastChunk + bodyRest.prefix(chunkSize - lastChunk.count)
    bodyRest = bodyRest.dropFirst(chunk.count - lastChunk.count)
    if profile.endsWithBody, bodyRest.isEmpty {
      lastChunk = chunk
      return
    }
    lastChunk = []
    sendMacros(before: step)
    MTACommand.body(chunk).write(to: &writer)
    if !isNoReply(.body) { waiting = .body }
  }

  /// Whether the MTA does not wait for a reply, as negotiated.
  private func isNoReply(_ callback: MilterCallback) -> Bool {
    negotiated?.options.steps.hasNoReply(callback) == true
  }
}
