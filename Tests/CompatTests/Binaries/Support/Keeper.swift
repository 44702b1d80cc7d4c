import Glibc
import MilterSystem
import MilterProcessFixtures

/// A started program with all the processes that it creates, including daemons.
///
/// These processes are children of the small program `Programs/keeper.c`, which reports how each of
/// them ends. The keeper ends them all when this object or this process ends.
final class Keeper {
  /// The process id of the program itself.
  private(set) var pid: pid_t = 0
  private let keeper: pid_t
  private let channel: Socket
  private var unread: [UInt8] = []
  private var ends: [pid_t: Int32] = [:]

  /// Starts a program, whose output is appended to the file `log`.
  init(_ program: String, _ arguments: [String], environment: [String: String], log: String) throws
  {
    let (ours, theirs) = try Socket.socketPair()
    channel = ours
    try channel.setReceiveTimeout(milliseconds: 60_000)
    let output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard output >= 0 else { throw HarnessError.system(log) }
    defer { close(output) }
    keeper = try Subprocess.spawn(
      Self.compiled.get(), [program] + arguments, environment: environment,
      descriptors: (theirs.descriptor, output, output))
    theirs.close()
    pid = try line().pid
  }

  deinit {
    channel.close()
    var status: Int32 = 0
    waitpid(keeper, &status, 0)
  }

  /// The children of the keeper that still run: the program itself, or the daemon it has become.
  func running() throws -> [pid_t] {
    // The keeper ends after its last child.
    guard access("/proc/\(keeper)/task", F_OK) == 0 else { return [] }
    return try ProcFile.children(of: keeper)
  }

  /// Waits until a process ends, and returns its exit status, or 128 plus the signal that ended it.
  func waitForEnd(of pid: pid_t) throws -> Int32 {
    while true {
      if let status = ends[pid] { return status }
      let next = try line()
      ends[next.pid] = next.status
    }
  }

  /// Sends a signal to a process.
  func signal(_ pid: pid_t, _ number: Int32) throws {
    guard kill(pid, number) == 0 else { throw HarnessError.system("kill \(pid)") }
  }

  /// Returns the next line from the keeper.
  private func line() throws -> (pid: pid_t, status: Int32) {
    while true {
      if let end = unread.firstIndex(of: 0x0a) {
        let words = String(decoding: unread[..<end], as: UTF8.self).split(separator: " ")
        unread.removeSubrange(...end)
        guard words.count == 2, let pid = pid_t(words[0]) else {
          throw HarnessError("the keeper printed \(words)")
        }
        return (pid, Int32(words[1]) ?? -1)
      }
      var buffer = [UInt8](repeating: 0, count: 256)
      switch try buffer.withUnsafeMutableBytes({ try channel.read(into: $0) }) {
      case .bytes(let count): unread += buffer[..<count]
      case .endOfStream: throw HarnessError("all processes have ended; see the program's log")
      case .wouldBlock: throw HarnessError("no process ended within a minute")
      }
    }
  }

  /// The keeper's program; the error if it cannot be compiled.
  private static let compiled = Result {
    guard let compiler = Subprocess.find("cc", "gcc", "clang") else {
      throw HarnessError("there is no C compiler; run .ci/install-filters as root")
    }
    let program = try LibraryUnderTest.buildFolder() + "/keeper.\(getpid())"
    let source = LibraryUnderTest.program("keeper.c")
    try Subprocess.succeed(
      compiler, ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-o", program, source])
    // All runs share one file. `rename` replaces it atomically, while another run may execute it.
    let final = try LibraryUnderTest.buildFolder() + "/keeper"
    guard rename(program, final) == 0 else { throw HarnessError.system("rename \(program)") }
    return final
  }
}
