import MilterKit
import Synchronization

/// The lines of a log.
final class Lines: Sendable {
  private let lines = Mutex<[String]>([])

  var all: [String] { lines.withLock { $0 } }

  var log: MilterLog {
    MilterLog(level: .info) { level, line in
      self.lines.withLock { $0.append("\(level.name): \(line)") }
    }
  }
}
