import MilterCommandLine
import MilterCore
import MilterPlay

/// Reports the differences between a filter's replies and the recorded ones.
struct ReplayReport {
  private(set) var differences = 0
  private var steps = 0
  private let isColored = TerminalStyle.isColored

  /// Adds the replies to a step, and prints the differences.
  mutating func add(_ place: String, _ recorded: [FilterReply], _ live: [FilterReply]) throws {
    steps += 1
    guard recorded != live else { return }
    differences += 1
    let diff = LineDiff(Self.lines(recorded), Self.lines(live), context: 1).text(atMost: 100)
    let text = diff.map { isColored ? $0.colored : $0.text }.map { "  \($0)\n" }.joined()
    try StandardOutput.put("\(place):\n\(text)")
  }

  /// Reports the number of differences.
  func finish() throws {
    let verdict = differences == 0 ? "all as recorded" : "\(differences) not as recorded"
    try StandardOutput.put("\(steps) replies: \(verdict)\n")
  }

  private static func lines(_ replies: [FilterReply]) -> [[UInt8]] {
    replies.flatMap { PacketWords($0).lines.map { Array($0.utf8) } }
  }
}
