import MilterCore

extension MTAOutcome {
  /// Returns the differences from the filter's earlier outcome for the same message.
  ///
  /// A filter that keeps state from one message to the next behaves differently the second time. The comparison
  /// begins with MAIL. It includes the macros, the replies, and the replies to the client. Lines with `-`
  /// belong to the first outcome, and lines with `+` to the second.
  ///
  /// - Parameter first: The outcome of the first time.
  /// - Returns: The lines; empty if there is no difference.
  public func differences(from first: MTAOutcome) -> [String] {
    var lines: [String] = []
    let (old, new) = (first.messageSteps, messageSteps)
    for index in 0..<max(old.count, new.count) {
      let before = index < old.count ? old[index] : nil
      let after = index < new.count ? new[index] : nil
      guard before != after else { continue }
      lines += Self.lines("-", before) + Self.lines("+", after)
    }
    if lines.isEmpty, verdict != first.verdict || result != first.result {
      lines = ["- \(first.verdict.rawValue)", "+ \(verdict.rawValue)"]
    }
    return lines
  }

  private var messageSteps: [MTAExchange] {
    Array(steps.drop { $0.callback == .connect || $0.callback == .helo })
  }

  private static func lines(_ sign: String, _ exchange: MTAExchange?) -> [String] {
    guard let exchange else { return [] }
    return MTATranscript([exchange]).lines.map { sign + $0.dropFirst(3) }
  }
}
