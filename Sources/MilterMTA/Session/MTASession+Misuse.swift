import MilterCore

extension MTASession {
  /// Refuses a step after the end of the connection.
  mutating func refuseAfterQuit(_ step: MTAStep) {
    forgetOutcome()
    if let current { pastExchanges.append(current) }
    var exchange = MTAExchange(step)
    exchange.fate = .refused
    exchange.failure = Self.afterQuit
    current = exchange
  }

  /// Refuses a message after the end of the connection.
  mutating func refuseAfterQuit(_ mail: MTAMail) {
    forgetOutcome()
    var outcome = MTAOutcome(verdict: .failure, original: mail, result: mail)
    outcome.failure = Self.afterQuit
    outcome.negotiated = negotiated
    self.outcome = outcome
  }

  private static var afterQuit: MTAFailure {
    MTAFailure(.afterQuit, "the MTA has ended the connection: nothing can follow")
  }

  /// Aborts the current message, because the next one follows.
  mutating func giveUpForNext() {
    if !steps.isEmpty || !bodyRest.isEmpty || waiting != nil && waiting != .negotiate {
      fail(MTAFailure(.notIdle, "a message was sent before the steps of the last one had ended"))
    }
    if transaction != nil { perform(.reset) }
  }
}
