import MilterCore

extension FilterSession {
  /// The next step that is about a command: what is said of messages' beginnings and ends is passed
  /// over.
  mutating func past(_ step: SessionStep) -> SessionStep {
    var step = step
    while step == .messageBegan || step == .messageEnded { step = resume() }
    return step
  }
}
