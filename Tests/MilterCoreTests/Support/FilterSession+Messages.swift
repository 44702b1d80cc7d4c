import MilterCore

extension FilterSession {
  /// Returns the next step other than the beginning or end of a message.
  mutating func past(_ step: SessionStep) -> SessionStep {
    var step = step
    while step == .messageBegan || step == .messageEnded { step = resume() }
    return step
  }
}
