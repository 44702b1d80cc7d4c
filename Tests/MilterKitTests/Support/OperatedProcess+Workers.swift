import Foundation
import MilterProcessFixtures

extension OperatedProcess {
  /// Waits until the process serves with this number of workers.
  ///
  /// - Returns: The address that the process listens on.
  func serve(with workers: Int) throws -> String {
    _ = try log.line { $0 == "notice: \(workers) workers serve" }
    return try address()
  }

  /// Waits until the process has this number of workers, and none of the former ones.
  func waitForWorkers(_ count: Int, without former: [pid_t] = []) throws -> [pid_t] {
    try poll(for: "\(count) workers", within: .seconds(120)) {
      let now = try ProcFile.children(of: pid).sorted()
      return now.count == count && now.allSatisfy { !former.contains($0) } ? now : nil
    }
  }
}
