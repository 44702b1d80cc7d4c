import MilterMTA

/// The expectation that a filter did not meet, and the session.
///
/// It has no code: the type is the kind, and ``description`` is for the reader of the failed test. A test that
/// branches on the outcome reads `MTAOutcome` or ``TestStep`` instead of catching the error.
public struct UnexpectedOutcome: Error, CustomStringConvertible {
  /// The expectation, the session with an arrow at the step that decided, and the log.
  public let description: String

  init(_ expectation: String, _ steps: [MTAExchange], _ marked: Int?, _ log: [String] = []) {
    let session = MTATranscript(steps, marking: marked).lines
    description = ([expectation] + session + log.map { "log: \($0)" }).joined(separator: "\n")
  }
}
