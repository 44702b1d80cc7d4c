import Foundation
package import Glibc

/// Stops a process with SIGSTOP, and returns when all its threads have stopped.
///
/// `kill` returns earlier, while the process may still run.
package func standStill(_ pid: pid_t) throws {
  kill(pid, SIGSTOP)
  try wait(for: "process \(pid) to stand still") {
    let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")
    let isStopped = try threads.allSatisfy { thread in
      try ProcFile.lines("/proc/\(pid)/task/\(thread)/status").contains {
        $0.hasPrefix("State:") && $0.contains("T (stopped)")
      }
    }
    return isStopped
  }
}
