import Foundation

/// The filter of Tests/OperatedFilter, run as a process as a service manager would.
///
/// It ends with this object at the latest.
final class OperatedProcess {
  let pid: pid_t
  /// What it logs.
  let log: ProcessOutput
  private var status: Int32?

  /// Starts it.
  ///
  /// - Parameters:
  ///   - arguments: its command line.
  ///   - environment: what it finds there.
  ///   - inherited: descriptors that it gets as 3, 4 and so on, by socket activation.
  ///   - limits: `ulimit` options.
  /// - Throws: if it cannot be started.
  init(
    _ arguments: [String], environment: [String: String] = [:], inherited: [Int32] = [],
    limits: String = ""
  ) throws {
    log = try ProcessOutput()
    var (environment, prelude) = (environment, limits.isEmpty ? "" : "ulimit \(limits); ")
    if !inherited.isEmpty {
      environment["LISTEN_FDS"] = "\(inherited.count)"
      prelude += "LISTEN_PID=$$; export LISTEN_PID; "
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, log.writing, 2)
    // Out of the way first: a source must not be another's target.
    let copies = inherited.map { fcntl($0, F_DUPFD_CLOEXEC, 100) }
    defer { for copy in copies { close(copy) } }
    for (index, copy) in copies.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, copy, Int32(3 + index))
    }
    let program = SampleProgram.folder.appending(path: "operated-filter").path
    let command = ["/bin/sh", "-c", prelude + "exec \"$0\" \"$@\"", program] + arguments
    var argv = command.map { strdup($0) } + [nil]
    var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var child = pid_t()
    let failure = posix_spawn(&child, "/bin/sh", &actions, nil, &argv, &envp)
    guard failure == 0 else { throw POSIXError(.init(rawValue: failure) ?? .EINVAL) }
    pid = child
    log.closeWriting()
  }

  deinit {
    guard status == nil else { return }
    kill(pid, SIGKILL)
    waitpid(pid, nil, 0)
  }

  /// Where it listens, once it does.
  func address() throws -> String {
    let line = try log.line { $0.contains("listening on ") }
    return line.components(separatedBy: "listening on ").last ?? ""
  }

  func signal(_ number: Int32) { kill(pid, number) }

  /// Waits for its end; the exit status, or 128 plus the signal that ended it.
  func waitForExit() -> Int32 {
    if let status { return status }
    var raw: Int32 = 0
    while waitpid(pid, &raw, 0) == -1, errno == EINTR {}
    let result = raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + (raw & 0x7f)
    status = result
    return result
  }

  /// A line of `/proc/PID/status`, without its name.
  func field(_ name: String) throws -> [String] {
    let text = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") } ?? ""
    return line.dropFirst(name.count + 1).split { $0 == "\t" || $0 == " " }.map(String.init)
  }
}
