import MilterSystem

/// A line at the bottom of the terminal that shows the progress.
struct ProgressBar: Sendable {
  private static let width = 30
  /// The minimum interval between two updates.
  private static let pause = Duration.milliseconds(100)

  private let totalSize: Int
  private let start = ContinuousClock.now
  private var doneSize = 0
  private var messages = 0
  private var isShown = false
  private var lastDrawn: ContinuousClock.Instant?

  init(totalSize: Int) { self.totalSize = max(totalSize, 1) }

  /// Hides the bar, so that other text can be written.
  mutating func hide() {
    if isShown { Self.write("\r\u{1B}[K") }
    isShown = false
  }

  /// Counts one more message and shows the bar.
  mutating func show(_ size: Int) {
    doneSize += min(size, totalSize - doneSize)
    messages += 1
    let now = ContinuousClock.now
    if let lastDrawn, now - lastDrawn < Self.pause { return }
    lastDrawn = now
    let part = Double(doneSize) / Double(totalSize)
    let done = Int(Double(Self.width) * part)
    let bar = String(repeating: "#", count: done) + String(repeating: ".", count: Self.width - done)
    let seconds = (now - start) / .seconds(1)
    let rate = seconds > 0 ? ", \(Int(Double(messages) / seconds)) a second" : ""
    Self.write("\r\u{1B}[K[\(bar)] \(Int(100 * part))%  \(messages) messages\(rate)")
    isShown = true
  }

  private static func write(_ text: String) { StandardStream.error.print(text) }
}
