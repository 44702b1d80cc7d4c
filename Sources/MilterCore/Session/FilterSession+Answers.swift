extension FilterSession {
  /// Sends the reply for the status of a callback, and returns the next step.
  ///
  /// If a body chunk came with the end of the message, eom follows, unless body has given a verdict or the
  /// filter does not override eom. In these cases, body's answer is the answer to the end of the message.
  /// - Parameters:
  ///   - status: The status of the callback that ``SessionStep/call(_:)`` named; continue for
  ///     ``SessionStep/acknowledge(_:)``.
  ///   - output: The buffer for the reply.
  /// - Returns: The next step.
  public mutating func answer(_ status: MilterStatus, to output: inout ReplyBuffer) -> SessionStep {
    if rules.answersAnyNumber { return answer(number: status.rawValue, to: &output) }
    guard let callback = running else { return .done }
    if callback == .body, message.isEnding { return answerLastChunk(status, to: &output) }
    running = nil
    // This is the usual answer. `send` would do the same with more instructions.
    if status == .continue, message.heldVerdict == nil, !message.isEnding,
      !goesWithoutReply(callback)
    {
      output.appendContinue()
      return .done
    }
    return send(status, from: callback, to: &output)
  }

  private mutating func answerLastChunk(
    _ status: MilterStatus, to output: inout ReplyBuffer
  ) -> SessionStep {
    let (status, mistake) = normalized(status, from: .body)
    let next =
      eom(afterVerdict: status.isVerdict)
      ?? send(status.isVerdict ? status : .continue, from: .eom, to: &output)
    guard let mistake else { return next }
    pending = .step(next)
    return .mistake(mistake)
  }

  /// Returns the step for an eom that came with the body chunk; `nil` if the answer to the chunk was the answer
  /// to eom.
  mutating func eom(afterVerdict isVerdict: Bool) -> SessionStep? {
    running = nil
    guard !isVerdict, wants(.eom) else { return nil }
    running = .eom
    return .call(.eom)
  }

  /// Returns the next step after an answer that may have ended the message.
  mutating func nextAfterAnswer() -> SessionStep {
    hasBegunMessage && !hasMessage ? messageEnded() : .done
  }

  /// Changes the state as the MTA does, which was answered without the callback; the connection must end after
  /// that.
  package mutating func wasAnswered(_ status: MilterStatus) {
    let hadBegun = hasBegunMessage
    var output = ReplyBuffer(rules)
    _ = answer(status, to: &output)
    hasBegunMessage = hadBegun
  }

  /// Sends the reply for a status, and changes the state accordingly.
  ///
  /// - Returns: The next step. If a status or a reply does not fit, the first step reports the filter's
  ///   mistake.
  private mutating func send(
    _ status: MilterStatus, from callback: MilterCallback, to output: inout ReplyBuffer
  ) -> SessionStep {
    var (status, mistake) = normalized(status, from: callback)
    if let held = message.heldVerdict { status = held }
    if goesWithoutReply(callback) {
      guard status.isVerdict, message.heldVerdict == nil else {
        return mistake.map { .mistake($0) } ?? .done
      }
      message.heldVerdict = status
      if callback == .connect || callback == .helo { client.verdict = status }
      return .mistake(
        MilterError(
          .statusNotAllowed,
          "\(callback) returned \(status) although no reply was negotiated for it; "
            + "it is sent at the next step that has one"))
    }
    let isEnd = message.isEnding
    switch status {
    case .accept: leaveMessage()
    case .reject, .discard, .tempfail:
      if !callback.isAboutPart { leaveMessage() }
    case .continue, .skip, .noreply, .allOptions: break
    }
    if isEnd {
      output.releaseChanges()
      endMessage()
    }
    output.append(wireReply(status, &mistake))
    if let mistake { return .mistake(mistake) }
    return isEnd || status.isVerdict ? nextAfterAnswer() : .done
  }

  mutating func leaveMessage() {
    endMessage()
    state = .helo
  }

  /// Whether the MTA waits for the reply to a running callback.
  package func expectsAnswer(to callback: MilterCallback) -> Bool {
    running != nil && !goesWithoutReply(callback)
  }

  /// Whether the MTA does not wait for a reply to the step of a callback.
  ///
  /// The end of a body always has a reply, even if it calls the body callback. If the filter wants no reply but
  /// the MTA needs one, it is sent.
  private func goesWithoutReply(_ callback: MilterCallback) -> Bool {
    let flag = callback.nrFlag
    return !flag.isEmpty && connection.agreed.steps.contains(flag) && !message.isEnding
  }

  /// Returns the status that takes effect, and the mistake in the status that was returned.
  private mutating func normalized(
    _ status: MilterStatus, from callback: MilterCallback
  ) -> (MilterStatus, MilterError?) {
    switch status {
    case .continue, .reject, .discard, .accept, .tempfail: return (status, nil)
    case .skip:
      message.skipped.insert(MilterCallbacks(callback))
      // Only after body do all MTAs accept skip. In all other cases, the session itself skips the callback.
      let isSent = callback == .body && connection.agreed.steps.contains(.skip) && !message.isEnding
      return (isSent ? .skip : .continue, nil)
    case .noreply:
      if connection.noReply.hasNoReply(callback) { return (.continue, nil) }
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

  /// Returns the reply that the filter has set, if it fits the status.
  ///
  /// A reply that fits is then removed. Another one stays.
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
