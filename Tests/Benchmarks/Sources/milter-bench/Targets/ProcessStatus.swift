import CHost
import Foundation

/// The system's status of a process.
struct ProcessStatus {
  /// Resident memory in bytes.
  let resident: Int
  let threads: Int
  /// Processor time used so far, in seconds, of all its threads.
  let processorTime: Double

  /// Reads the status of a process; `nil` if the process has ended.
  init?(_ process: Int32) {
    guard
      let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
      let resident = Self.number("VmRSS:", in: text),
      let threads = Self.number("Threads:", in: text)
    else { return nil }
    let time = host_cpu_time(process)
    guard time >= 0 else { return nil }
    self.resident = resident * 1024
    self.threads = threads
    processorTime = Double(time) / 1e9
  }

  private static func number(_ key: String, in text: String) -> Int? {
    for line in text.split(separator: "\n") where line.hasPrefix(key) {
      return line.dropFirst(key.count).split(whereSeparator: \.isWhitespace).first.flatMap {
        Int($0)
      }
    }
    return nil
  }
}
