import MilterCore
package import MilterMTA

/// A report of the outcome of a message: the verdict, and the filter's changes.
///
/// ```
/// verdict     accept
/// sender      <a@example.org> -> <b@example.org>
/// recipients  - <c@example.org>
///             + <d@example.org> NOTIFY=NEVER
/// headers     ...
///               Subject: hello
///             + X-Stamp: seen
/// body        unchanged (27 bytes)
/// ```
///
/// The text is ASCII; other bytes are escaped. The same outcome always has the same text.
package struct MTAReport: Hashable, Sendable {
  private var rows: [ReportLine] = []

  /// The lines, without line ends.
  package var lines: [String] { rows.map(\.plain) }

  /// The text: all lines, each with a line feed.
  package var text: String { lines.map { $0 + "\n" }.joined() }

  /// The text with colors for a terminal: additions are green, and removals are red.
  package var coloredText: String { rows.map { $0.colored + "\n" }.joined() }

  /// The maximum number of lines about the header, and about the body.
  private static let limit = 60

  /// Creates the report of an outcome.
  package init(_ outcome: MTAOutcome) {
    let tone: ReportLine.Tone =
      switch outcome.verdict {
      case .accept: .added
      case .discard, .quarantine: .warning
      case .reject, .tempfail, .disconnect, .failure: .removed
      }
    add("verdict", Self.verdict(outcome).map { .init($0, tone) })
    if outcome.verdict.isDelivered {
      addChanges(outcome)
    } else if !outcome.actions.isEmpty {
      add("changes", [.init("\(outcome.actions.count) asked for before, not carried out")])
    }
    if let reason = outcome.quarantineReason {
      add("quarantine", [.init(VisibleText.escaped(reason))])
    }
    for warning in outcome.warnings { add("warning", [.init(warning, .warning)]) }
  }

  /// Adds the differences of the second time.
  ///
  /// - Parameter differences: The differences; see ``MTAOutcome/differences(from:)``.
  package mutating func addSecondTime(_ differences: [String]) {
    guard !differences.isEmpty else { return add("twice", [.init("no difference", .added)]) }
    let lines = differences.prefix(Self.limit).map { line in
      ReportLine.Content(line, line.hasPrefix("-") ? .removed : .added)
    }
    let rest = differences.count - lines.count
    add(
      "twice",
      [.init("the filter behaves differently the second time", .warning)] + lines
        + (rest > 0 ? [.init("... \(rest) lines more")] : []))
  }

  /// Adds the changes in the order in which the filter requested them, with the space after the colon as on the
  /// wire.
  ///
  /// All chunks of a new body are one line.
  package mutating func addPlan(of outcome: MTAOutcome) {
    var lines: [String] = []
    var body: Int?
    let hasLeadingSpace = outcome.negotiated?.options.steps.contains(.hdrLeadspc) ?? false
    for action in outcome.actions {
      if case .replacebody(let chunk) = action {
        body = (body ?? 0) + chunk.count
      } else {
        lines.append(action.changeText(hasLeadingSpace: hasLeadingSpace))
      }
    }
    // The body comes last.
    if let body { lines.append("replacebody, \(body) bytes") }
    add("plan", (lines.isEmpty ? ["nothing to do"] : lines).map { .init($0) })
  }

  /// Adds lines; the first one gets a label.
  private mutating func add(_ label: String, _ texts: [ReportLine.Content]) {
    for (number, text) in texts.enumerated() {
      rows.append(ReportLine(label: number == 0 ? label : "", content: text))
    }
  }

  private mutating func addChanges(_ outcome: MTAOutcome) {
    let old = outcome.original
    let new = outcome.result
    if old.envelope.sender != new.envelope.sender {
      add("sender", [.init("\(old.envelope.sender) -> \(new.envelope.sender)")])
    }
    add("recipients", Self.recipients(outcome))
    if old.message.headers != new.message.headers {
      let diff = LineDiff(Self.headers(old.message), Self.headers(new.message), context: 1)
      add("headers", diff.text(atMost: Self.limit))
    }
    add("body", Self.body(old.message.body, new.message.body))
  }

  private static func verdict(_ outcome: MTAOutcome) -> [String] {
    var head = outcome.verdict.rawValue
    if let callback = outcome.callback, callback != .eom || !outcome.verdict.isDelivered {
      head += " at \(callback)"
    }
    let refused = outcome.recipients.last { $0.path.refusal == nil }
    if outcome.callback == .envrcpt, let last = refused, last.reply == outcome.reply {
      head += " \(VisibleText.escaped(last.path.address))"
    }
    if let failure = outcome.failure {
      return ["\(head): \(failure.message)"]
        + outcome.reply.map { "  the client sees \(VisibleText.escaped($0))" }
    }
    guard let first = outcome.reply.first else { return [head] }
    let rest = outcome.reply.dropFirst().map { "  " + VisibleText.escaped($0) }
    return ["\(head): \(VisibleText.escaped(first))"] + rest
  }

  private static func recipients(_ outcome: MTAOutcome) -> [ReportLine.Content] {
    let new = outcome.result.envelope.recipients
    var texts: [ReportLine.Content] = []
    for recipient in outcome.recipients where !new.contains(recipient.path) {
      let reply = recipient.reply.map { VisibleText.escaped($0) }.joined(separator: " / ")
      texts.append(
        .init("- \(recipient.path)" + (reply.isEmpty ? "" : ": \(reply)"), .removed))
    }
    let old = outcome.original.envelope.recipients
    return texts + new.filter { !old.contains($0) }.map { .init("+ \($0)", .added) }
  }

  /// The lines of the header.
  ///
  /// A folded field has several lines.
  private static func headers(_ message: MTAMessage) -> [[UInt8]] {
    message.headers.flatMap { header in
      (header.name + header.separator + header.value).split(
        separator: 0x0A, omittingEmptySubsequences: false
      ).map { Array($0) }
    }
  }

  private static func body(_ old: [UInt8], _ new: [UInt8]) -> [ReportLine.Content] {
    guard old != new else { return [.init("unchanged (\(old.count) bytes)")] }
    let same = zip(old, new).prefix { $0 == $1 }.count
    let line = 1 + old.prefix(same).count { $0 == 0x0A }
    let head = ReportLine.Content(
      "replaced: \(old.count) -> \(new.count) bytes, first difference in line \(line)")
    guard !old.contains(0), !new.contains(0) else { return [head] }
    return [head] + LineDiff(bodyLines(old), bodyLines(new), context: 1).text(atMost: limit)
  }

  /// Returns the lines of a body without their CR LF; other line ends are made visible.
  private static func bodyLines(_ body: [UInt8]) -> [[UInt8]] {
    let parts = body.split(separator: 0x0A, omittingEmptySubsequences: false)
    let lines = parts.dropLast().map { line in
      line.last == 0x0D ? Array(line.dropLast()) : line + [0x0A]
    }
    guard let rest = parts.last, !rest.isEmpty else { return lines }
    return lines + [rest + Array(" (no line end)".utf8)]
  }
}
