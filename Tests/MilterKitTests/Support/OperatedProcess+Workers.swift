import Foundation
import MilterProcessFixtures

extension OperatedProcess {
  /// The processes that it has started and that have not ended.
  var children: [pid_t] {
    let tasks = "/proc/\(pid)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
    return threads.flatMap { thread in
      let text = try? String(contentsOfFile: "\(tasks)/\(thread)/children", encoding: .utf8)
      return (text ?? "").split(separator: " ").compactMap { pid_t($0) }
    }.sorted()
  }

  /// Waits until it serves with so many workers.
  ///
  /// - Returns: where it listens.
  func serve(with workers: Int) throws -> String {
    _ = try log.line { $0 == "notice: \(workers) workers serve" }
    return try address()
  }

  /// Waits until it has so many workers, of which none is one of these.
  func waitForWorkers(_ count: Int, without former: [pid_t] = []) throws -> [pid_t] {
    try poll(for: "\(count) workers", within: .seconds(120)) {
      let now = children
      return now.count == count && now.allSatisfy { !former.contains($0) } ? now : nil
    }
  }
}
