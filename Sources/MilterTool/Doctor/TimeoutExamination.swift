/// Finds timeouts of an MTA that are too short.
struct TimeoutExamination {
  /// A timeout of an MTA.
  struct Timeout {
    let name: String
    let seconds: Int
    /// The time below which filters usually fail.
    let usual: Int
    /// The events for which the MTA waits.
    let waits: [FilterTimes.Wait]

    /// Whether the MTA waits for the filter's answer, and not only for a connection.
    var isForAnswers: Bool { waits.contains(.reply) || waits.contains(.content) }
  }

  private(set) var findings: [Finding] = []

  /// Checks timeouts.
  ///
  /// - Parameters:
  ///   - timeouts: The timeouts.
  ///   - times: The maximum times of the filter; `nil` if they are unknown.
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
