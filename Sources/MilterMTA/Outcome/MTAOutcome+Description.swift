import MilterCore

extension MTAOutcome: CustomStringConvertible {
  /// The verdict, and the session with an arrow at the step that decided.
  public var description: String {
    let head = verdict.rawValue + (callback.map { " at \($0)" } ?? "")
    let reason =
      failure.map { ": \($0.message)" } ?? reply.first.map { ": \(VisibleText.escaped($0))" }
    return ([head + (reason ?? "")] + MTATranscript(steps, marking: decidingStep).lines)
      .joined(separator: "\n")
  }

  /// The number of the step that decided.
  public var decidingStep: Int? {
    steps.lastIndex { $0.callback == callback && $0.fate != .decided }
  }
}
