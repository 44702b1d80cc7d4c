import MilterClient
import MilterCore
import MilterMTA
import MilterRuntime

extension ChainLink {
  /// Returns the meaning of the member's reply to a step.
  func verdict(_ reply: FilterReply, _ step: MTAStep) -> ChainVerdict {
    // A callback that throws is answered with a verdict.
    if reply.code.isVerdict { noteThrow() }
    // A verdict on a recipient that the MTA has refused does not count.
    if step.refusal != nil { return reply == .accept ? rejoin(step) : .goOn }
    if case .replycode(let text) = reply, surroundings.checksReplies(),
      let mistake = MilterReply.fault(in: text, eachLine: surroundings.checksEachLine())
    {
      fail(MTAFailure(.malformedReply, "malformed reply to \(step.callback): \(mistake)"))
      return blocked(at: step)
    }
    let verdict = ChainVerdict(reply)
    if member.isShadow, !verdict.isGoOn { return overlook(verdict, reply, step) }
    if let disconnection = verdict.disconnection { clientRefusal = disconnection }
    switch step {
    case .connect, .helo:
      if reply == .accept { isDoneWithClient = true }
      if case .refuse(let refusal) = verdict {
        clientRefusal = refusal
        // The member refuses only messages for which its condition is true.
        if member.takesClient != nil { return .goOn }
      }
      // No MTA discards mail before a message has begun.
      if case .discard = verdict { return .goOn }
    case .rcpt, .unknown: if reply == .accept || reply == .discard { interest = .nothing }
    case .mail, .data, .header, .eoh, .body, .eom:
      if reply.code.isVerdict { interest = .nothing }
    case .reset, .newClient: break
    }
    return verdict
  }

  /// Counts a failure if a callback has thrown.
  func noteThrow() {
    guard memory?.takeThrow() == true else { return }
    throwCount += 1
    count { $0.failures += 1 }
  }

  /// Logs a verdict that has no effect.
  private func overlook(
    _ verdict: ChainVerdict, _ reply: FilterReply, _ step: MTAStep
  ) -> ChainVerdict {
    surroundings.log().notice(
      "\(name): shadow: \(step.callback) would have answered: \(reply.code)")
    switch step {
    case .connect, .helo: isDoneWithClient = true
    case .rcpt, .unknown: if case .discard = verdict { interest = .nothing }
    default: interest = .nothing
    }
    if verdict.disconnection != nil { (isDoneWithClient, interest) = (true, .nothing) }
    return .goOn
  }

  func remember(_ step: MTAStep, _ macros: RelayedMacros) {
    switch step {
    case .mail: history.append((step, macros))
    case .rcpt where step.refusal == nil: history.append((step, macros))
    default: break
    }
  }

  /// Sends the member the envelope again, because it left the message for a recipient that the MTA has refused.
  private func rejoin(_ step: MTAStep) -> ChainVerdict {
    _ = connection?.perform(.reset)
    for (step, macros) in history {
      connection?.relay(macros)
      let verdict = exchange(step)
      guard verdict.isGoOn, failure == nil else {
        if failure == nil {
          fail(MTAFailure(.unexpectedReply, "it refuses an envelope that it has accepted before"))
        }
        break
      }
    }
    return .goOn
  }
}

extension MTAStep {
  /// The reply with which the MTA itself has refused the step's recipient.
  var refusal: [UInt8]? {
    if case .rcpt(let path) = self { path.refusal } else { nil }
  }
}
