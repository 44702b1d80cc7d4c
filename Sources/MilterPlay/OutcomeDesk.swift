import MilterCommandLine
import MilterMTA
import MilterSystem
import Synchronization

/// Takes outcomes in any order and tells them in that of the messages.
final class OutcomeDesk: Sendable {
  private struct State {
    var waiting: [Int: (item: MailSource.Item, outcome: MTAOutcome)] = [:]
    var next = 0
    var counts: [MTAVerdict: Int] = [:]
    var failure: (any Error)?
    var output: OutputDirectory?
    var progress: ProgressBar?
  }

  private let program: String
  private let options: PlayOptions
  private let isSeveral: Bool
  private let isColoured = TerminalStyle.isColoured
  private let state: Mutex<State>

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
    self.state = Mutex(state)
  }

  /// Whether there is any use in going on.
  var isOpen: Bool { state.withLock { $0.failure == nil } }

  /// Takes what came of a message, and tells it when its turn comes.
  func take(_ item: MailSource.Item, _ outcome: MTAOutcome) throws {
    try state.withLock { state in
      state.waiting[item.number] = (item, outcome)
      while let (item, outcome) = state.waiting.removeValue(forKey: state.next) {
        state.progress?.hide()
        state.next += 1
        state.counts[outcome.verdict, default: 0] += 1
        try StandardOutput.put(text(item, outcome, isFirst: item.number == 0))
        try write(item, outcome, &state)
        state.progress?.show(item.size)
      }
    }
  }

  /// Takes notice of what keeps further messages from being played; the first counts.
  func give(up error: any Error) {
    state.withLock { $0.failure = $0.failure ?? error }
  }

  /// Tells how many messages had which verdict, and returns the exit status.
  func finish() throws -> Int32 {
    try state.withLock { state in
      state.progress?.hide()
      if isSeveral, !options.isJSON, state.next > 0 {
        try StandardOutput.put("\n\(Self.summary(state.counts))\n")
      }
      let status = state.counts.keys.map(\.exitStatus).max()
      if let failure = state.failure {
        // A filter that has broken down cannot be reached afterwards: the first says more.
        guard status == MTAVerdict.failure.exitStatus, let status else { throw failure }
        StandardOutput.complain("\(program): \(failure)")
        return status
      }
      return status ?? 0
    }
  }

  private func text(_ item: MailSource.Item, _ outcome: MTAOutcome, isFirst: Bool) -> String {
    if options.isJSON { return outcome.json(item.name) + "\n" }
    let report = MTAReport(outcome)
    let text = isColoured ? report.colouredText : report.text
    return isSeveral ? "\(isFirst ? "" : "\n")message     \(item.name)\n\(text)" : text
  }

  private func write(
    _ item: MailSource.Item, _ outcome: MTAOutcome, _ state: inout State
  ) throws {
    guard outcome.verdict.isDelivered else {
      if let file = options.outputFile {
        StandardOutput.complain(
          "\(program): no message to write to \(file): \(outcome.verdict)")
      }
      return
    }
    let bytes = outcome.result.message.bytes
    if let file = options.outputFile { try FileContents.write(bytes, to: file) }
    try state.output?.write(bytes, from: item.name)
  }

  private static func summary(_ counts: [MTAVerdict: Int]) -> String {
    let parts = MTAVerdict.allCases.compactMap { verdict in
      counts[verdict].map { "\($0) \(verdict)" }
    }
    let count = counts.values.reduce(0, +)
    return "\(count) message\(count == 1 ? "" : "s"): \(parts.joined(separator: ", "))"
  }
}
