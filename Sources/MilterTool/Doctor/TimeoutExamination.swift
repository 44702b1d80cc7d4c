/// Finds times that an MTA waits, and that are too short.
struct TimeoutExamination {
  /// How long an MTA waits for something.
  struct Timeout {
    let name: String
    let seconds: Int
    /// The time below which filters are known to fail.
    let usual: Int
    /// Whether the MTA waits for what the filter works out, and not just for a connection.
    let isForAnswers: Bool
  }

  private(set) var findings: [Finding] = []

  /// Looks at times.
  ///
  /// - Parameters:
  ///   - timeouts: The times.
  ///   - answerTime: How long the filter may take, in seconds; `nil` if that is not known.
  init(_ timeouts: [Timeout], answerTime: Int?) {
    for timeout in timeouts {
      let (name, seconds) = (timeout.name, timeout.seconds)
      if let answerTime, timeout.isForAnswers {
        guard seconds < answerTime else { continue }
        findings.append(
          Finding(
            .error, "\(name) is \(seconds) s, and the filter may take \(answerTime) s",
            why: "the MTA gives up on the filter while it is still at work",
            fix: "set \(name) to \(answerTime) s or more"))
      } else if seconds < timeout.usual {
        findings.append(
          Finding(
            .warning, "\(name) is \(seconds) s; \(timeout.usual) s are usual",
            why: "a filter that asks others, such as DNS or a scanner, may need longer",
            fix: "set \(name) to \(timeout.usual) s"
              + (timeout.isForAnswers ? ", or give --answer-time what the filter needs" : "")))
      }
    }
  }
}
