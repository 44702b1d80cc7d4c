import Synchronization

/// Lines of a log.
final class Journal: Sendable {
  private let all = Mutex<[String]>([])

  var lines: [String] { all.withLock { $0 } }

  func note(_ line: String) { all.withLock { $0.append(line) } }
}
