import MilterClient
import MilterCore
import MilterMTA
import MilterRuntime

extension ChainLink {
  /// The member's result for the content of a message.
  struct Review {
    var verdict = ChainVerdict.goOn
    /// The requested changes, without the new body.
    var changes: [FilterReply] = []
    var newBody: ChainBody?
    /// Whether the member got the header.
    var sawHeader = false
  }

  /// Sends the member the content of a message.
  ///
  /// - Parameters:
  ///   - message: The message with the changes of the members before this one.
  ///   - envelope: The data for the member's condition.
  ///   - macros: The macros that the MTA has sent.
  ///   - time: The time of all members for the content; `nil` without a limit.
  /// - Returns: The verdict and the requested changes.
  /// - Throws: An error if the body cannot be read, or a new one cannot be kept.
  func review(
    _ message: ChainMessage, _ envelope: () -> ChainEnvelope, _ macros: RelayedMacros,
    within time: ChainTime?
  ) throws -> Review {
    if interest == .leftOut {
      note("its condition does not hold")
      return Review()
    }
    if let takes = member.takesMessage, !takes(envelope()) {
      note("its condition does not hold")
      leaveOut()
      return Review()
    }
    if interest == .nothing, clientRefusal == nil {
      note("it has accepted before")
      return Review()
    }
    if failure != nil {
      surroundings.log().warning("\(name) has failed before, \(consequence)")
      return Review(verdict: blocked(at: .eom))
    }
    if let clientRefusal { return Review(verdict: .refuse(clientRefusal)) }
    if isStarved || starves(at: .eom, time) { return Review(verdict: blocked(at: .eom)) }
    guard connection?.isInMessage == true else {
      return Review(verdict: loseTrack(at: .eom))
    }
    let sawHeader = seesHeader
    // A member that deletes every field must not fail because the sender has written many fields.
    var limits = surroundings.changeLimits
    limits.count += message.headers.count
    connection?.limit(limits)
    count { $0.messages += 1 }
    return try timed(time) {
      connection?.relay(macros)
      var review = try showContent(message).map { Review(verdict: $0) } ?? finish()
      review.sawHeader = sawHeader
      return review
    }
  }

  /// Logs why the member does not get the content.
  private func note(_ reason: String) {
    surroundings.log().info("\(name): not asked, \(reason)")
  }

  /// Sends the member the header and the body.
  ///
  /// - Returns: The verdict if the member needs nothing more; otherwise `nil`.
  private func showContent(_ message: ChainMessage) throws -> ChainVerdict? {
    var verdict = ChainVerdict.goOn
    func isOver(_ step: MTAStep) -> Bool {
      verdict = exchange(step)
      if interest == .nothing, !member.isShadow {
        let status = connection?.current?.status ?? .continue
        surroundings.log().put(.info, .verdict, "\(name): \(step.callback): \(status)")
      }
      return !verdict.isGoOn || failure != nil || interest == .nothing
    }
    if seesHeader {
      for header in message.headers where isOver(.header(header)) { return verdict }
    }
    if isOver(.eoh) { return verdict }
    guard !steps.contains(.nobody) else { return nil }
    var isEnded = false
    try message.body.forEachPiece { piece in
      isEnded = isOver(.body(piece))
      return !isEnded
    }
    return isEnded ? verdict : nil
  }

  private func finish() throws -> Review {
    (newBody, bodyFailure) = (nil, nil)
    let (former, failures) = (clientRefusal, throwCount)
    let verdict = exchange(.eom)
    defer { (newBody, bodyFailure) = (nil, nil) }
    if throwCount != failures, member.failsOpen {
      surroundings.log().error("\(name) has failed, \(consequence): eom threw")
      // If many changes were sent before, the answer is a refusal.
      clientRefusal = former
      return Review()
    }
    guard verdict.isGoOn, failure == nil else { return Review(verdict: verdict) }
    if let bodyFailure {
      if !member.isShadow { throw bodyFailure }
      surroundings.log().error("\(name): shadow: \(bodyFailure)")
    }
    let changes = connection?.current?.replies.filter { $0.code.flag != nil } ?? []
    do {
      for change in changes { try change.check(maximumPayload: surroundings.maximumPayload()) }
    } catch {
      fail(MTAFailure(.malformedReply, "\(error)"))
      return Review(verdict: blocked(at: .eom))
    }
    guard member.isShadow else {
      if surroundings.logsVerdicts {
        let status = connection?.current?.status ?? .continue
        let line = "\(name): eom: \(Self.summary(status, changes, newBody))"
        surroundings.log().put(.info, .verdict, line)
      }
      return Review(verdict: verdict, changes: changes, newBody: newBody)
    }
    if !changes.isEmpty || newBody != nil {
      let summary = Self.summary(nil, changes, newBody)
      surroundings.log().notice("\(name): shadow: eom would have answered: \(summary)")
    }
    return Review()
  }

  /// The status and changes as text for the log, without content.
  private static func summary(
    _ status: MilterStatus?, _ changes: [FilterReply], _ newBody: ChainBody?
  ) -> String {
    let mostShown = 20
    var list = status.map { ["\($0)"] } ?? []
    list += changes.prefix(mostShown).map(\.summary)
    if let newBody { list.append("replacebody, \(newBody.count) bytes") }
    if changes.count > mostShown { list.append("and \(changes.count - mostShown) changes more") }
    return list.joined(separator: "; ")
  }

  func keepNewBody(_ piece: [UInt8]) {
    guard bodyFailure == nil else { return }
    do {
      if newBody == nil { lineEnds = LineEnds() }
      var body = newBody ?? ChainBody(makeFile: surroundings.makeFile)
      newBody = nil
      try body.append(lineEnds.completed(piece))
      newBody = body
    } catch {
      bodyFailure = error
    }
  }
}
