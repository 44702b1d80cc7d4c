/// Finds times that an MTA waits, and that are too short.
struct TimeoutExamination {
  /// How long an MTA waits for something.
  struct Timeout {
    let name: String
    let seconds: Int
    /// The time below which filters are known to fail.
    let usual: Int
    /// The waits of the MTA.
    let waits: [FilterTimes.Wait]

    /// Whether the MTA waits for what the filter works out, and not just for a connection.
    var isForAnswers: Bool { waits.contains(.reply) || waits.contains(.content) }
  }

  private(set) var findings: [Finding] = []

  /// Looks at times.
  ///
  /// - Parameters:
  ///   - timeouts: The times.
  ///   - times: How long the filter may take; `nil` if that is not known.
  init(_ timeouts: [Timeout], _ times: FilterTimes?) {
    for timeout in timeouts {
      let (name, seconds) = (timeout.name, timeout.seconds)
      if let need = times?.need(timeout.waits) {
        guard seconds < need.least else { continue }
        let own = need.setting.flatMap { seconds > 1 ? ", or \($0) to \(seconds - 1)" : nil }
        findings.append(
          Finding(
            .error, "\(name) is \(seconds) s, and \(need.subject)", why: need.why,
            fix: "set \(name) to \(need.advised) s or more\(own ?? "")"))
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
