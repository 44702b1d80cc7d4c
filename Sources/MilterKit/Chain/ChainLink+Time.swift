import MilterClient
import MilterMTA
import MilterRuntime

extension ChainLink {
  /// Does work for which all members have some time together.
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

  /// Whose time it was that it did not get; nil if the time that is over is its own.
  var accountOfTime: String? {
    turn.flatMap { $0.time.account(of: name, after: .now - $0.start) }
  }

  /// Whether the members before it have left no time for a step.
  ///
  /// It then gets no further steps of the message. If it could not get a step of the client, it has failed.
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
