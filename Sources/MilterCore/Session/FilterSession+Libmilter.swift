extension FilterSession {
  /// Sends the reply for a status that may be any number; see ``answer(_:to:)``.
  package mutating func answer(number: Int32, to output: inout ReplyBuffer) -> SessionStep {
    guard let callback = running else { return .done }
    guard rules.answersAnyNumber else {
      if let status = MilterStatus(rawValue: number) { return answer(status, to: &output) }
      pending = .step(answer(.tempfail, to: &output))
      return .mistake(
        MilterError(.statusNotAllowed, "\(callback) returned \(number); tempfail is sent"))
    }
    guard callback == .body, message.isEnding else {
      running = nil
      return answerAsLibmilter(callback, number, to: &output)
    }
    // In these cases, libmilter answers twice, or does not answer noreply at all.
    let isVerdict = MilterStatus(rawValue: number)?.isVerdict ?? true
    if let eom = eom(afterVerdict: isVerdict) { return eom }
    let status = isVerdict ? number : MilterStatus.continue.rawValue
    return answerAsLibmilter(.eom, status, to: &output)
  }

  /// Sends the packets that libmilter sends for a status, documented or not.
  private mutating func answerAsLibmilter(
    _ callback: MilterCallback, _ status: Int32, to output: inout ReplyBuffer
  ) -> SessionStep {
    if let reply = libmilterReply(to: callback, status) {
      if case .replycode(let text) = reply, text.count >= maximumPayload { return .quit }
      output.append(reply)
    }
    if message.isEnding {
      output.releaseChanges()
      endMessage()
    }
    guard status != LibmilterStatus.abort else { return .quit }
    if let known = MilterStatus(rawValue: status), known.isVerdict,
      known == .accept || !callback.isAboutPart
    {
      leaveMessage()
    }
    return nextAfterAnswer()
  }

  private mutating func libmilterReply(
    to callback: MilterCallback, _ status: Int32
  ) -> FilterReply? {
    var status = status
    let flag = callback.nrFlag
    if !flag.isEmpty, connection.noReply.contains(flag) {
      let isKnown =
        status == LibmilterStatus.options
        || MilterStatus(rawValue: status).map { $0 != .allOptions } ?? false
      if isKnown {
        let isLeftOut = connection.agreed.steps.contains(flag)
        status = (isLeftOut ? MilterStatus.noreply : .continue).rawValue
      }
    }
    if status == LibmilterStatus.options { return negotiationAnswer }
    var ignored: MilterError?
    return switch MilterStatus(rawValue: status) {
    case .continue: .continue
    case .accept: .accept
    case .discard: .discard
    case .skip: .skip
    case .reject: ownReply(ofClass: 5, &ignored) ?? .reject
    case .tempfail: ownReply(ofClass: 4, &ignored) ?? .tempfail
    case .noreply, .allOptions, nil: nil
    }
  }
}

/// Statuses that libmilter uses internally, and that a callback can return by mistake.
private enum LibmilterStatus {
  /// Ends the connection: `_SMFIS_ABORT`.
  static let abort: Int32 = 21
  /// Sends the answer to the negotiation: `_SMFIS_OPTIONS`.
  static let options: Int32 = 22
}
