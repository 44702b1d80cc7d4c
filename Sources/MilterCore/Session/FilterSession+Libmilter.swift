extension FilterSession {
  /// Sends what a status means, whatever number it is.
  ///
  /// - Parameters:
  ///   - callback: the callback that was run or, with continue, would have been.
  ///   - status: what it returned.
  ///   - output: what is to be sent.
  /// - Returns: whether the connection goes on, and what the filter did wrong, for its log.
  package mutating func answer(
    _ callback: MilterCallback, _ status: Int32, to output: inout ReplyBuffer
  ) -> (goesOn: Bool, mistake: MilterError?) {
    guard rules.answersAnyNumber else {
      guard let status = MilterStatus(rawValue: status) else {
        _ = answer(callback, .tempfail, to: &output)
        return (
          true, MilterError(.statusNotAllowed, "\(callback) returned \(status); tempfail is sent")
        )
      }
      return (true, answer(callback, status, to: &output))
    }
    return (answerAsLibmilter(callback, status, to: &output), nil)
  }

  /// Sends what libmilter sends for a status, documented or not.
  private mutating func answerAsLibmilter(
    _ callback: MilterCallback, _ status: Int32, to output: inout ReplyBuffer
  ) -> Bool {
    if let reply = libmilterReply(to: callback, status) {
      if case .replycode(let text) = reply, text.count >= maximumPayload { return false }
      output.append(reply)
    }
    if message.isEnding || callback == .eom { output.releaseChanges() }
    guard status != LibmilterStatus.abort else { return false }
    if let known = MilterStatus(rawValue: status), known.isVerdict,
      known == .accept || (callback != .envrcpt && callback != .unknown)
    {
      leaveMessage()
    }
    return true
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

/// Statuses that libmilter uses inside itself, and that a callback can return by mistake.
private enum LibmilterStatus {
  /// Ends the connection: `_SMFIS_ABORT`.
  static let abort: Int32 = 21
  /// Sends the answer to the negotiation: `_SMFIS_OPTIONS`.
  static let options: Int32 = 22
}
