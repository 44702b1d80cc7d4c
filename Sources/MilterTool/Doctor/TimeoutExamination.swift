/// Finds times that an MTA waits, and that are too short.
struct TimeoutExamination {
  private(set) var findings: [Finding] = []

  /// Looks at times.
  ///
  /// - Parameters:
  ///   - timeouts: what each is called, the seconds it is, and those it is in an MTA as it comes.
  ///   - answerTime: how long the filter may take; nil if that is not known.
  init(_ timeouts: [(name: String, seconds: Int, usual: Int)], answerTime: Int?) {
    for (name, seconds, usual) in timeouts {
      if let answerTime, seconds <= answerTime {
        findings.append(
          Finding(
            .error, "\(name) is \(seconds) s, and the filter may take \(answerTime) s",
            why: "the MTA gives up on the filter while it is still at work",
            fix: "set \(name) to more than \(answerTime) s"))
      } else if answerTime == nil, seconds < usual {
        findings.append(
          Finding(
            .warning, "\(name) is \(seconds) s; as the MTA comes, it is \(usual) s",
            why: "a filter that asks others, such as DNS or a scanner, may need longer",
            fix: "set \(name) to \(usual) s, or say with --answer-time what the filter needs"))
      }
    }
  }
}
