import MilterCore

extension FilterSession {
  /// The next step that is about a command: steps for messages' beginnings and ends are passed over.
  mutating func past(_ step: SessionStep) -> SessionStep {
    var step = step
    while step == .messageBegan || step == .messageEnded { step = resume() }
    return step
  }
}
