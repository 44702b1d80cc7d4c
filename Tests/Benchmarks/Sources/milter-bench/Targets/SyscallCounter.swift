import Foundation
import Glibc

/// Counts the system calls of a process, with perf, or with strace if perf cannot be used.
///
/// Both slow the process down, so they run in a separate pass.
struct SyscallCounter {
  private enum Method {
    case perf(String)
    case strace(String)
  }
  private let method: Method

  /// Creates a counter; `nil` if neither program can be used on this machine.
  init?() {
    if let perf = Tool.find("perf"),
      (try? Tool.run(
        perf, ["stat", "-x,", "-e", "raw_syscalls:sys_enter", "-o", "/dev/null", "true"])) != nil
    {
      method = .perf(perf)
    } else if let strace = Tool.find("strace") {
      method = .strace(strace)
    } else {
      return nil
    }
  }

  /// Returns the number of system calls that a process makes during some work.
  func count(of target: Int32, during work: () throws -> Void) throws -> Int {
    let output = FileManager.default.temporaryDirectory.appending(
      path: "milter-bench-\(UUID().uuidString.prefix(8)).count")
    defer { try? FileManager.default.removeItem(at: output) }
    let process = Process()
    switch method {
    case .perf(let perf):
      process.executableURL = URL(fileURLWithPath: perf)
      process.arguments = [
        "stat", "-x,", "-e", "raw_syscalls:sys_enter", "-p", "\(target)", "-o", output.path,
      ]
    case .strace(let strace):
      process.executableURL = URL(fileURLWithPath: strace)
      process.arguments = ["-c", "-f", "-p", "\(target)", "-o", output.path]
    }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    usleep(300_000)  // neither program reports that it has attached
    defer {
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
    try work()
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    let text = try String(contentsOf: output, encoding: .utf8)
    guard let count = total(in: text) else {
      throw BenchError("cannot count system calls: \(text)")
    }
    return count
  }

  private func total(in text: String) -> Int? {
    for line in text.split(separator: "\n") {
      switch method {
      case .perf where line.contains("raw_syscalls"):
        return line.split(separator: ",").first.flatMap { Int($0) }
      case .strace where line.hasSuffix("total"):
        // The columns are % time, seconds, usecs/call, calls, errors if there are any, and "total".
        let fields = line.split(separator: " ")
        return fields.count > 3 ? Int(fields[3]) : nil
      default: continue
      }
    }
    return nil
  }
}
