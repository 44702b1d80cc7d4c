import MilterSystem

/// A server program that we have started; it ends with this object, or with this process at the latest.
package final class Daemon {
  /// The process ID, which is also the ID of the process group.
  package let pid: Int32
  private let logPath: String
  /// The offset in the log where its output begins; earlier output may belong to another program.
  private let logStart: Int
  private let leash: (pid: Int32, end: Socket)
  private var isRunning = true

  /// Starts `program` with its output in the file `log` of `directory`.
  ///
  /// If this process dies first, the program ends and the directory is removed.
  package init(
    _ program: String, _ arguments: [String],
    environment: [String: String] = Subprocess.environment, in directory: String, log: String
  ) throws {
    logPath = "\(directory)/\(log)"
    let null = try OpenedFile.null()
    let output = try OpenedFile.appending(to: logPath)
    logStart = output.size
    defer {
      null.close()
      output.close()
    }
    pid = try Subprocess.spawn(
      program, arguments, environment: environment,
      descriptors: (null.descriptor, output.descriptor, output.descriptor))
    do {
      leash = try Daemon.tie(pid, directory)
    } catch {
      Signal.kill.send(toGroup: pid)
      throw error
    }
  }

  deinit {
    stop()
  }

  /// Whether the program has ended, for example because its configuration is wrong.
  package func hasEnded() throws -> Bool {
    guard isRunning else { return true }
    guard try Subprocess.exitStatus(of: pid) != nil else { return false }
    isRunning = false
    endGroup()
    return true
  }

  /// Returns the program's output so far.
  package func log() -> String {
    let bytes = (try? FileContents.read(logPath)) ?? []
    return String(decoding: bytes.dropFirst(logStart), as: UTF8.self)
  }

  /// Ends the program and all its children.
  ///
  /// A second call does nothing.
  package func stop() {
    guard isRunning else { return }
    isRunning = false
    Signal.terminate.send(to: pid)
    if (try? Subprocess.waitForExit(of: pid, within: .seconds(10))) == nil {
      Signal.kill.send(to: pid)
      _ = try? Subprocess.waitForExit(of: pid, within: .seconds(10))
    }
    endGroup()
  }

  /// Signals the program, waits for its end, and returns its exit status.
  package func end(by signal: Int32) throws -> Int32 {
    guard isRunning else { throw HarnessError("it had ended before; its log: \(log())", .ended) }
    Signal(rawValue: signal).send(to: pid)
    let status = try Subprocess.waitForExit(of: pid)
    isRunning = false
    endGroup()
    return status
  }

  /// Ends the remaining processes of the group, and the process that watches this one.
  private func endGroup() {
    // The watching process ends first, so that it never signals a group with a reused ID.
    Signal.kill.send(to: leash.pid)
    _ = try? Subprocess.waitForExit(of: leash.pid)
    leash.end.close()
    Signal.kill.send(toGroup: pid)
  }

  /// Starts a process that ends the daemon if this process dies first.
  ///
  /// It reads from a socket whose other end only this process holds. So it sees the end of the stream however
  /// this process dies.
  private static func tie(
    _ pid: Int32, _ directory: String
  ) throws -> (pid: Int32, end: Socket) {
    let (ours, its) = try Socket.socketPair()
    let null = try OpenedFile.null()
    defer { null.close() }
    // dash accepts only this spelling of kill for a group.
    let script =
      "read _; kill -s TERM -- -\(pid); sleep 1; kill -s KILL -- -\(pid); rm -rf \"$1\""
    let watcher = try Subprocess.spawn(
      "/bin/sh", ["-c", script, "leash", directory], environment: Subprocess.environment,
      descriptors: (its.descriptor, null.descriptor, null.descriptor))
    return (watcher, ours)
  }
}
