import MilterCommandLine
import Dispatch
import MilterSystem
import Synchronization

/// A filter that was started for this run, in its own process group.
final class StartedFilter: Sendable {
  /// The maximum time until the filter listens.
  private static let startLimit = Duration.seconds(60)
  /// The maximum time until the filter ends after SIGTERM.
  private static let endLimit = Duration.seconds(10)
  private static let placeholder = "{socket}"

  private let process: ChildProcess
  /// Whether the process has been reaped, after which another process may have its ID.
  private let isOver = SystemMutex(false)
  /// Whether a signal is ending the program, on another thread.
  private let isInterrupted = Atomic(false)

  /// Calls `body` with a filter's socket.
  ///
  /// A filter that was started for it ends after that.
  ///
  /// - Parameters:
  ///   - command: Starts the filter; `nil` if it is already running.
  ///   - socket: The filter's socket; `nil` to choose one.
  ///   - body: Gets the socket.
  /// - Returns: The result of `body`.
  /// - Throws: An error if the filter does not listen in time, or an error of `body`.
  static func with<Result>(
    _ command: String?, at socket: String?, _ body: (String) throws -> Result
  ) throws -> Result {
    guard let command else { return try body(socket ?? "") }
    guard socket != nil || command.contains(placeholder) else {
      throw UsageError("--exec \(command): write \(placeholder) where the filter's socket belongs")
    }
    if let socket { return try with(command, listeningAt: socket, nil, body) }
    let directory = try SocketDirectory()
    defer { directory.remove() }
    return try with(command, listeningAt: "unix:\(directory.path)/socket", directory, body)
  }

  private static func with<Result>(
    _ command: String, listeningAt socket: String, _ directory: SocketDirectory?,
    _ body: (String) throws -> Result
  ) throws -> Result {
    let spec = try SocketSpec(socket)
    let line = command.split(separator: placeholder, omittingEmptySubsequences: false)
      .joined(separator: socket)
    let filter = try StartedFilter(line)
    let signals = filter.stopOnSignals(directory)
    defer {
      // The signal has ended the filter, so its exit status is not reported.
      while filter.isInterrupted.load(ordering: .acquiring) { ThisProcess.waitForSignal() }
      signals.forEach { $0.cancel() }
      if let end = filter.stop() { StandardOutput.complain("milter: the filter \(end)") }
    }
    try filter.waitUntilItListens(on: spec)
    return try body(socket)
  }

  private init(_ command: String) throws(FileError) {
    // Standard output is reserved for the outcomes of the messages.
    process = try ChildProcess(shell: command)
  }

  /// Waits until the filter accepts a connection, which is then closed without a command.
  private func waitUntilItListens(on spec: SocketSpec) throws(SocketError) {
    let deadline = ContinuousClock.now + Self.startLimit
    while true {
      do throws(SocketError) {
        try Socket.connect(to: spec, milliseconds: 1000).close()
        return
      } catch {
        if let end = ended(waiting: false) {
          throw SocketError(.systemCall, "the filter \(end) before it listened on \(spec)")
        }
        guard ContinuousClock.now < deadline else {
          throw SocketError(
            .timedOut, "the filter does not listen on \(spec) after \(Self.startLimit): \(error)")
        }
      }
      SystemThread.sleep(milliseconds: 10)
    }
  }

  /// Ends the filter and its child processes.
  ///
  /// - Returns: How it had ended before; `nil` if it had not.
  @discardableResult
  private func stop() -> String? {
    if let end = ended(waiting: false) {
      process.signalGroup(.terminate)
      return end
    }
    process.signalGroup(.terminate)
    let deadline = ContinuousClock.now + Self.endLimit
    while ended(waiting: false) == nil, ContinuousClock.now < deadline {
      SystemThread.sleep(milliseconds: 10)
    }
    process.signalGroup(.kill)
    _ = ended(waiting: true)
    return nil
  }

  /// Describes how the filter ended; `nil` while it is running, or if this was already described.
  private func ended(waiting: Bool) -> String? {
    isOver.withLock { isOver in
      guard !isOver, let end = waiting ? process.waitForEnd() : try? process.endIfOver() else {
        return nil
      }
      isOver = true
      switch end {
      case .status(let status): return "ended with status \(status)"
      case .signal(let number): return "ended by signal \(number)"
      }
    }
  }

  /// Handles signals that end this program: first ends the filter and removes its directory.
  private func stopOnSignals(_ directory: SocketDirectory?) -> [any DispatchSourceSignal] {
    [Signal.interrupt, .terminate, .hangup].map { signal in
      signal.ignore()
      let source = DispatchSource.makeSignalSource(signal: signal.rawValue, queue: .global())
      source.setEventHandler { [self] in
        isInterrupted.store(true, ordering: .releasing)
        stop()
        directory?.remove()
        ThisProcess.end(128 + signal.rawValue)
      }
      source.resume()
      return source
    }
  }
}
