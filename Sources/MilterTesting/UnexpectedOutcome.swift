import MilterMTA

/// What was expected of a filter and did not come about, and the session in which it did not.
public struct UnexpectedOutcome: Error, CustomStringConvertible {
  /// What was expected, the session with the step in question marked, and what was logged.
  public let description: String

  init(_ expectation: String, _ steps: [MTAExchange], _ marked: Int?, _ log: [String] = []) {
    let session = MTATranscript(steps, marking: marked).lines
    description = ([expectation] + session + log.map { "log: \($0)" }).joined(separator: "\n")
  }
}
