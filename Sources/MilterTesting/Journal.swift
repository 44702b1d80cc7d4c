import MilterSystem

/// Lines of a log.
final class Journal: Sendable {
  private let all = SystemMutex<[String]>([])

  var lines: [String] { all.withLock { $0 } }

  func note(_ line: String) { all.withLock { $0.append(line) } }
}
