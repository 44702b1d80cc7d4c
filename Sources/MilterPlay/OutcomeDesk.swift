import MilterCommandLine
import MilterMTA
import MilterSystem

/// Collects outcomes in any order, and reports them in the order of the messages.
final class OutcomeDesk: Sendable {
  /// The exit status if a message had different outcomes with `--twice`.
  private static let differenceStatus: Int32 = 21

  private struct Played {
    let item: MailSource.Item
    let outcome: MTAOutcome
    /// The differences of the second play; `nil` if the message was played once.
    let differences: [String]?
  }

  private struct State {
    var waiting: [Int: Played] = [:]
    /// The number of messages with a different outcome the second time.
    var differing = 0
    var next = 0
    var counts: [MTAVerdict: Int] = [:]
    var failure: (any Error)?
    var output: OutputDirectory?
    var progress: ProgressBar?
  }

  private let program: String
  private let options: PlayOptions
  private let isSeveral: Bool
  private let isColored = TerminalStyle.isColored
  private let state: SystemMutex<State>

  init(_ program: String, _ options: PlayOptions, isSeveral: Bool, totalSize: Int) throws {
    if isSeveral, options.outputFile != nil {
      throw UsageError("--try-output FILE takes one message; for several there is --output DIR")
    }
    self.program = program
    self.options = options
    self.isSeveral = isSeveral
    var state = State()
    state.output = try options.outputDirectory.map { try OutputDirectory($0) }
    if isSeveral, TerminalStyle.hasAudience { state.progress = ProgressBar(totalSize: totalSize) }
    self.state = SystemMutex(state)
  }

  /// Whether the report can continue: `false` after it could not be written.
  var isOpen: Bool { state.withLock { $0.failure == nil } }

  /// Adds the outcome of a message, which is reported in its turn.
  func take(
    _ item: MailSource.Item, _ outcome: MTAOutcome, _ differences: [String]?
  ) throws {
    try state.withLock { state in
      state.waiting[item.number] = Played(item: item, outcome: outcome, differences: differences)
      while let played = state.waiting.removeValue(forKey: state.next) {
        state.progress?.hide()
        state.next += 1
        state.counts[played.outcome.verdict, default: 0] += 1
        if played.differences?.isEmpty == false { state.differing += 1 }
        try StandardOutput.put(text(played))
        try write(played.item, played.outcome, &state)
        state.progress?.show(played.item.size)
      }
    }
  }

  /// Notes an error after which no further messages can be played; the first one counts.
  func give(up error: any Error) {
    state.withLock { $0.failure = $0.failure ?? error }
  }

  /// Prints the number of messages with each verdict, and returns the exit status.
  func finish() throws -> Int32 {
    try state.withLock { state in
      state.progress?.hide()
      if isSeveral, !options.isJSON, state.next > 0 {
        let differing = state.differing
        let second =
          options.playsTwice
          ? "; \(differing == 0 ? "none" : "\(differing)") differed the second time" : ""
        try StandardOutput.put("\n\(Self.summary(state.counts))\(second)\n")
      }
      var status = state.counts.keys.map(\.exitStatus).max()
      if state.differing > 0 { status = max(status ?? 0, Self.differenceStatus) }
      if let failure = state.failure {
        // If the filter has crashed, it cannot be reached later, so the first failure is reported.
        guard let status, status >= MTAVerdict.failure.exitStatus else { throw failure }
        StandardOutput.complain("\(program): \(failure)")
        return status
      }
      return status ?? 0
    }
  }

  private func text(_ played: Played) -> String {
    let (item, outcome) = (played.item, played.outcome)
    if options.isJSON {
      return outcome.json(item.name.text, differences: played.differences) + "\n"
    }
    let isFirst = item.number == 0
    var report = MTAReport(outcome)
    if options.showsPlan { report.addPlan(of: outcome) }
    if let differences = played.differences { report.addSecondTime(differences) }
    let text = isColored ? report.coloredText : report.text
    return isSeveral ? "\(isFirst ? "" : "\n")message     \(item.name)\n\(text)" : text
  }

  private func write(
    _ item: MailSource.Item, _ outcome: MTAOutcome, _ state: inout State
  ) throws {
    guard outcome.verdict.isDelivered else {
      if let file = options.outputFile {
        StandardOutput.complain(
          "\(program): no message to write to \(file): \(outcome.verdict.rawValue)")
      }
      return
    }
    let bytes = outcome.result.message.bytes
    if let file = options.outputFile { try FileContents.write(bytes, to: file) }
    try state.output?.write(bytes, from: item.name)
  }

  private static func summary(_ counts: [MTAVerdict: Int]) -> String {
    let parts = MTAVerdict.allCases.compactMap { verdict in
      counts[verdict].map { "\($0) \(verdict.rawValue)" }
    }
    let count = counts.values.reduce(0, +)
    return "\(count) message\(count == 1 ? "" : "s"): \(parts.joined(separator: ", "))"
  }
}
