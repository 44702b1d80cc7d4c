import MilterClient
import MilterMTA
import MilterRuntime

extension ChainLink {
  /// Performs work that counts against the time of all members.
  func timed<Value>(_ time: ChainTime?, _ work: () throws -> Value) rethrows -> Value {
    guard let time else { return try work() }
    connection?.deadline = time.deadline
    let start = ContinuousClock.now
    turn = (time, start)
    defer {
      turn = nil
      let passed = ContinuousClock.now - start
      time.note(name, passed)
      count { $0.time += passed }
    }
    return try work()
  }

  /// A description of the members that used up the time; `nil` if this member used it up itself.
  var accountOfTime: String? {
    turn.flatMap { $0.time.account(of: name, after: .now - $0.start) }
  }

  /// Whether the members before this one have left no time for a step.
  ///
  /// The member then gets no further steps of the message. If it could not get a step about the client, it has
  /// failed.
  func starves(at step: MTAStep, _ time: ChainTime?) -> Bool {
    guard member.isRemote, let time, time.isOver else { return false }
    let reason = time.account(of: name, after: .zero) ?? "no time is left"
    switch step {
    case .connect, .helo, .newClient: fail(MTAFailure(.timedOut, reason), wasAsked: false)
    case .unknown, .reset: break
    case .mail, .rcpt, .data, .header, .eoh, .body, .eom:
      isStarved = true
      surroundings.log().error("\(name) was not asked, \(consequence): \(reason)")
      count { $0.timesNotAsked += 1 }
    }
    return true
  }
}
