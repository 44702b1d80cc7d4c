import Foundation
import MilterProcessFixtures

extension OperatedProcess {
  /// Waits until it serves with this number of workers.
  ///
  /// - Returns: Where it listens.
  func serve(with workers: Int) throws -> String {
    _ = try log.line { $0 == "notice: \(workers) workers serve" }
    return try address()
  }

  /// Waits until it has this number of workers, without any of the former ones.
  func waitForWorkers(_ count: Int, without former: [pid_t] = []) throws -> [pid_t] {
    try poll(for: "\(count) workers", within: .seconds(120)) {
      let now = try ProcFile.children(of: pid).sorted()
      return now.count == count && now.allSatisfy { !former.contains($0) } ? now : nil
    }
  }
}
