import MilterTesting
import Synchronization

/// How many answers of each kind filters gave.
final class Counts: Sendable {
  private let counts = Mutex<[String: Int]>([:])

  var all: [String: Int] { counts.withLock { $0 } }
  subscript(_ answer: String) -> Int { all[answer] ?? 0 }

  /// Counts an answer: a reply's code and enhanced status code, or `pass`.
  func add(_ step: TestStep, of kind: String = "") {
    let reply = step.replyText?.split(separator: " ").prefix(2).joined(separator: " ")
    let answer = reply ?? (step.status == .continue ? "pass" : "no answer")
    counts.withLock { $0[kind + answer, default: 0] += 1 }
  }
}
