import MilterCore

extension MilterStatistics {
  /// Returns the numbers in Prometheus' text format, for its node exporter's textfile collector.
  ///
  /// All names begin with `milter_`. Those of numbers that only grow end with `_total`, and times are in
  /// seconds. Events that have not occurred are present as 0, so that their first increase is visible.
  /// - Parameter filter: The label `filter` of every number, which distinguishes several filters on one
  ///   machine.
  /// - Returns: Whole lines.
  public func prometheus(filter: String) -> String {
    var text = PrometheusText(labels: [("filter", filter)])
    text.counter("milter_connections_total", "Connections accepted from MTAs.", connections)
    text.counter(
      "milter_connections_refused_total",
      "Connections closed at once because the system refused their settings.", refusedConnections)
    text.gauge("milter_connections_open", "Connections that are open now.", openConnections)
    text.counter(
      "milter_health_checks_total",
      "Connections that ended before the first byte, or after an HTTP request.", healthChecks)
    text.counter("milter_received_bytes_total", "Bytes received from MTAs.", bytesReceived)
    text.counter("milter_sent_bytes_total", "Bytes sent to MTAs.", bytesSent)
    text.counter("milter_messages_total", "Messages that began.", messages)
    text.counter(
      "milter_messages_aborted_total", "Messages aborted before a verdict.", abortedMessages)
    text.counter(
      "milter_shadowed_refusals_total", "Verdicts against mail that shadow mode held back.",
      shadowedRefusals)
    text.counter(
      "milter_shadowed_changes_total", "Changes of messages that shadow mode held back.",
      shadowedChanges)
    text.family("milter_answers_total", "Answers of callbacks.", "counter")
    for callback in MilterCallback.allCases where callback.isStep {
      for status in MilterStatus.allCases where status != .allOptions {
        text.sample(
          "milter_answers_total", [("callback", "\(callback)"), ("status", "\(status)")],
          "\(answers[callback]?[status] ?? 0)")
      }
    }
    text.family("milter_errors_total", "Errors, by kind.", "counter")
    for kind in ErrorKind.allCases {
      text.sample("milter_errors_total", [("kind", kind.name)], "\(errors[kind] ?? 0)")
    }
    text.family(
      "milter_callback_duration_seconds", "How long callbacks took.", "histogram")
    for callback in MilterCallback.allCases {
      text.histogram(
        "milter_callback_duration_seconds", [("callback", "\(callback)")],
        callbackTimes[callback] ?? MilterHistogram())
    }
    if !members.isEmpty { addMembers(to: &text) }
    text.gauge("milter_threads", "Threads for callbacks.", threads)
    text.counter(
      "milter_reloads_total", "How often the configuration was reloaded.", reloads)
    text.gauge("milter_workers", "Running worker processes; 0 without --workers.", workers)
    text.counter(
      "milter_worker_crashes_total", "Worker processes that ended unexpectedly.",
      workerCrashes)
    return text.text
  }

  private func addMembers(to text: inout PrometheusText) {
    let members = members.sorted { $0.key < $1.key }
    func family(
      _ name: String, _ help: String, _ value: (MilterMemberStatistics) -> String
    ) {
      text.family(name, help, "counter")
      for (member, numbers) in members {
        text.sample(name, [("member", member)], value(numbers))
      }
    }
    family("milter_member_messages_total", "Messages whose content a member saw.") {
      "\($0.messages)"
    }
    text.family(
      "milter_member_decisions_total", "Verdicts of a member that became the answer.", "counter")
    for (member, numbers) in members {
      for status: MilterStatus in [.discard, .reject, .tempfail] {
        text.sample(
          "milter_member_decisions_total", [("member", member), ("status", "\(status)")],
          "\(numbers.decisions[status] ?? 0)")
      }
    }
    family("milter_member_failures_total", "How often a member failed.") { "\($0.failures)" }
    family(
      "milter_member_not_asked_total",
      "How often earlier members left a member no time."
    ) { "\($0.timesNotAsked)" }
    family("milter_member_seconds_total", "How long a chain has waited for a member.") {
      "\($0.time / .seconds(1))"
    }
  }
}
