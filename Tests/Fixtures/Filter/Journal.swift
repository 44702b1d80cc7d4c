import Synchronization

/// The notes of filters, from any thread.
package final class Journal: Sendable {
  private let lines = Mutex<[String]>([])

  package init() {}

  package func note(_ line: String) { lines.withLock { $0.append(line) } }

  package var all: [String] { lines.withLock { $0 } }
}
