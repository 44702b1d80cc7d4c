import MilterCore

extension MTASession {
  /// Handles a reply, and notes its size in bytes.
  mutating func handle(_ reply: FilterReply, ofSize size: Int) throws(MTAFailure) {
    guard let callback = waiting else {
      // An MTA that accepts progress reads it with the next reply.
      if case .progress = reply, current?.fate == .told { return try keep(reply, ofSize: size) }
      throw unasked(reply)
    }
    if callback == .negotiate { return try agree(reply) }
    try keep(reply, ofSize: size)
    if reply.code != .replacebody, transaction?.bodyRun == .running {
      transaction?.bodyRun = .ended
    }
    switch reply {
    case .progress where profile.dialect == .stalwart && callback != .body && callback != .eom:
      throw MTAFailure(.unexpectedReply, "the filter sent progress as its reply to \(callback)")
    case .progress: break
    case .negotiate:
      throw MTAFailure(.unexpectedReply, "the filter sent negotiate as its reply to \(callback)")
    case .addheader, .insheader, .chgheader, .chgfrom, .addrcpt, .addrcptPar, .delrcpt,
      .replacebody, .quarantine:
      try change(reply, callback)
    case .continue, .accept, .reject, .tempfail, .discard, .skip, .replycode, .shutdown,
      .connectionFailure:
      try decide(reply, callback)
      lastAnswered = callback
      waiting = nil
    }
  }

  /// Returns the failure of a filter that replies without being asked.
  func unasked(_ reply: FilterReply) -> MTAFailure {
    let told = exchanges.last { $0.fate == .told }.map { exchange in
      "it answered \(exchange.callback), for which it negotiated no reply"
    }
    let twice = lastAnswered.map { "it answered \($0) twice" }
    let reason = [told, twice].compactMap(\.self).joined(separator: ", or ")
    return MTAFailure(
      .unexpectedReply,
      "the filter sent \(reply.code) unasked" + (reason.isEmpty ? "" : ": \(reason)"))
  }

  private mutating func agree(_ reply: FilterReply) throws(MTAFailure) {
    guard case .negotiate(let answer) = reply else {
      throw MTAFailure(.unexpectedReply, "the filter sent \(reply.code) instead of its options")
    }
    if profile.dialect == .complete { try check(answer.options) }
    negotiated = answer
    limitPackets()
    plainRules = PlainRules(
      profile, answer, maximumPayload: maximumPayload, chunkSize: chunkSize)
    waiting = nil
  }

  /// Checks that the filter wants no more than it was offered.
  private func check(_ options: MilterOptions) throws(MTAFailure) {
    let offer = profile.offer
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
    if profile.dialect == .complete, let flag = action.code.flag, !options.actions.contains(flag) {
      throw MTAFailure(
        .unexpectedReply, "the filter sent \(action.code) without having negotiated \(flag)")
    }
    if case .chgheader(_, let name, _) = action, name.isEmpty, profile.changes.emptyName == .kept {
      throw MTAFailure(.malformedReply, "the filter sent chgheader without a header name")
    }
    if action.code == .replacebody {
      guard transaction?.bodyRun != .ended || !profile.changes.interruptedBodiesFail else {
        throw MTAFailure(
          .interruptedBody, "the filter sent something else between two chunks of a new body")
      }
      transaction?.bodyRun = .running
    }
    guard keepsContent else { return }
    if transaction?.edits == nil {
      let edits = MailEdits(
        acceptedMail, received: received, profile: profile,
        leadingSpace: options.steps.contains(.hdrLeadspc))
      transaction?.edits = edits
    }
    warnings += action.oddities
    if let warning = transaction?.edits?.apply(action) { warnings.append(warning) }
  }
}
