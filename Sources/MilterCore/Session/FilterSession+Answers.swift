extension FilterSession {
  /// Sends what a callback's status means, and moves the session accordingly.
  ///
  /// - Parameters:
  ///   - callback: the callback that was run or, with continue, would have been.
  ///   - status: what it returned.
  ///   - output: what is to be sent.
  /// - Returns: what the filter did wrong, for its log: a status or a reply that does not fit here.
  public mutating func answer(
    _ callback: MilterCallback, _ status: MilterStatus, to output: inout ReplyBuffer
  ) -> MilterError? {
    isAnswerOwed = false
    var (status, mistake) = normalized(status, from: callback)
    if let held = message.heldVerdict { status = held }
    if goesWithoutReply(callback) {
      guard status.isVerdict, message.heldVerdict == nil else { return mistake }
      message.heldVerdict = status
      if callback == .connect || callback == .helo { client.verdict = status }
      return MilterError(
        .statusNotAllowed,
        "\(callback) returned \(status) although no reply was negotiated for it; "
          + "it is sent at the next step that has one")
    }
    // A verdict of the body callback on a chunk that came with the end of the message ends it, too.
    let isEnd = message.isEnding || callback == .eom
    switch status {
    case .accept: leaveMessage()
    case .reject, .discard, .tempfail:
      // These may be about one recipient or one command only.
      if callback != .envrcpt && callback != .unknown { leaveMessage() }
    case .continue, .skip, .noreply, .allOptions: break
    }
    if isEnd {
      output.releaseChanges()
      endMessage()
    }
    output.append(wireReply(status, &mistake))
    return mistake
  }

  mutating func leaveMessage() {
    endMessage()
    state = .helo
  }

  /// Whether the MTA waits for the reply to a callback that runs.
  package func expectsAnswer(to callback: MilterCallback) -> Bool {
    isAnswerOwed && !goesWithoutReply(callback)
  }

  /// Whether the MTA does not wait for a reply to this callback's step.
  ///
  /// The end of a body is always answered, also when it runs the body callback. Where the filter
  /// wants no reply but the MTA cannot do without, one is sent.
  private func goesWithoutReply(_ callback: MilterCallback) -> Bool {
    let flag = callback.nrFlag
    return !flag.isEmpty && connection.agreed.steps.contains(flag) && !message.isEnding
  }

  /// The status that is acted upon, and what was wrong with the one returned.
  private mutating func normalized(
    _ status: MilterStatus, from callback: MilterCallback
  ) -> (MilterStatus, MilterError?) {
    switch status {
    case .continue, .reject, .discard, .accept, .tempfail: return (status, nil)
    case .skip:
      message.skipped.insert(MilterCallbacks(callback))
      // Only for body do all MTAs know skip. Elsewhere, and for MTAs that do not, it is kept here.
      let isSent = callback == .body && connection.agreed.steps.contains(.skip) && !message.isEnding
      return (isSent ? .skip : .continue, nil)
    case .noreply:
      if connection.noReply.contains(callback.nrFlag), !callback.nrFlag.isEmpty {
        return (.continue, nil)
      }
      return (
        .continue,
        MilterError(
          .statusNotAllowed,
          "\(callback) returned noreply, which was not negotiated for it; continue is sent")
      )
    case .allOptions:
      return (
        .tempfail,
        MilterError(
          .statusNotAllowed,
          "\(callback) returned allOptions, which only negotiate may; tempfail is sent")
      )
    }
  }

  private mutating func wireReply(
    _ status: MilterStatus, _ mistake: inout MilterError?
  ) -> FilterReply {
    switch status {
    case .continue, .noreply, .allOptions: return .continue
    case .accept: return .accept
    case .discard: return .discard
    case .skip: return .skip
    case .reject: return ownReply(ofClass: 5, &mistake) ?? .reject
    case .tempfail: return ownReply(ofClass: 4, &mistake) ?? .tempfail
    }
  }

  /// The reply set by the filter, if it fits.
  ///
  /// It is forgotten then; one that does not fit stays.
  mutating func ownReply(
    ofClass wanted: Int, _ mistake: inout MilterError?
  ) -> FilterReply? {
    guard let own = client.reply else { return nil }
    guard own.replyClass == wanted else {
      mistake = MilterError(
        .invalidReply,
        "the reply that was set is of class \(own.replyClass), which does not fit "
          + (wanted == 5 ? "reject" : "tempfail") + "; the MTA's own text is used")
      return nil
    }
    client.reply = nil
    return .replycode(own.text)
  }
}
