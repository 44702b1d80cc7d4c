import Dispatch
import MilterSystem

/// A listening socket of a server, with the thread that accepts its connections.
final class Listener: Sendable {
  private let socket: ListeningSocket
  private let accept: Accept
  private let readiness: Readiness
  private let thread: EventThread
  private let counters: ServerCounters
  private let log: MilterLog
  private let trouble: SystemMutex<AcceptTrouble>
  private enum Phase {
    case accepting
    /// The system has no descriptors left, or the server is full.
    case paused
    /// Closed permanently.
    case closed
  }
  private let phase = SystemMutex(Phase.accepting)

  /// The number of connections that are accepted before other events are handled.
  private static let batch = 64
  /// The time after which the listener tries again, if no event shows that it may succeed.
  private static let pause = Duration.seconds(1)

  private final class Calls: Sendable {
    let hasRoom: @Sendable () -> Bool
    let accepted: @Sendable (Socket) -> Void

    init(
      _ hasRoom: @escaping @Sendable () -> Bool, _ accepted: @escaping @Sendable (Socket) -> Void
    ) {
      self.hasRoom = hasRoom
      self.accepted = accepted
    }
  }
  /// Set while the listener accepts connections.
  private let calls = SystemMutex<Calls?>(nil)

  /// Returns the next waiting connection; `nil` if none is waiting.
  typealias Accept = @Sendable () throws -> Socket?

  /// Creates a listener, which does not accept connections yet.
  ///
  /// - Parameters:
  ///   - socket: The listening socket.
  ///   - counters: The counters for failures to accept.
  ///   - log: The log for trouble.
  ///   - accept: Accepts a connection; `nil` to use the socket's function.
  /// - Throws: An error if the system has no descriptor left.
  init(
    _ socket: ListeningSocket, counters: ServerCounters, log: MilterLog, accept: Accept? = nil
  ) throws(SocketError) {
    self.socket = socket
    self.accept = accept ?? { try socket.accept() }
    self.counters = counters
    self.log = log
    trouble = SystemMutex(AcceptTrouble())
    readiness = try Readiness()
    thread = try EventThread(waitingFor: readiness)
  }

  /// The socket's address, in a form for MTAs' configurations.
  var spec: String { "\(socket.localAddress)" }

  /// Starts accepting connections, and passes each of them on.
  ///
  /// - Parameters:
  ///   - hasRoom: Returns whether another connection may come. If not, accepting pauses until ``resume()``.
  ///   - accepted: Gets a connection.
  /// - Throws: An error if the system has no thread or no memory left.
  func start(
    hasRoom: @escaping @Sendable () -> Bool, accepted: @escaping @Sendable (Socket) -> Void
  ) throws {
    calls.withLock { $0 = Calls(hasRoom, accepted) }
    try thread.start(ready: { [self] _ in acceptWaiting() }, task: { [self] in lookAgain() })
    // The event is edge-triggered: the thread accepts until no connection is waiting.
    try readiness.wait(for: .news, of: socket.descriptor, token: 0)
  }

  private func acceptWaiting() {
    guard let calls = calls.withLock({ $0 }) else { return }
    for _ in 0..<Self.batch {
      guard phase.withLock({ $0 == .accepting }) else { return }
      guard calls.hasRoom() else {
        pause()
        // A connection may have ended before the pause, and nothing else would then end the pause.
        if calls.hasRoom() { return resume() }
        return meet(.full)
      }
      do {
        guard let connection = try accept() else { return }
        calls.accepted(connection)
      } catch {
        pause()
        counters.count(.system)
        return meet(.failure("\(error)"))
      }
    }
    thread.perform { self.acceptWaiting() }
  }

  // MARK: Trouble

  private func meet(_ obstacle: AcceptTrouble.Obstacle) {
    let (isNew, isFirst) = trouble.withLock { $0.meet(obstacle, at: .now) }
    log.put(.debug, .notAccepted, "\(spec): nothing accepted: \(obstacle)")
    if isNew {
      switch obstacle {
      case .full:
        log.put(
          .warning, .trouble, "\(spec): as many connections as allowed; others wait until one ends")
      case .failure(let reason):
        log.put(.error, .trouble, "\(reason); connections wait until that is over")
      }
    }
    if isFirst { thread.schedule(after: Self.pause, every: Self.pause) }
  }

  private func lookAgain() {
    resume()
    // After the attempt: if this thread was late, there was none for a long time, and the trouble is not over.
    thread.perform { [self] in endTrouble() }
  }

  private func endTrouble() {
    guard trouble.withLock({ $0.isOver(at: .now) }) else { return }
    thread.unschedule()
    log.put(.notice, .relief, "\(spec): connections do not wait any longer")
  }

  // MARK: Pausing and closing

  private func pause() {
    phase.withLock { phase in
      if case .accepting = phase { phase = .paused }
    }
  }

  /// Whether connections wait because there is no room.
  var isPaused: Bool {
    phase.withLock { phase in
      if case .paused = phase { true } else { false }
    }
  }

  /// Accepts connections again, if accepting was paused.
  func resume() {
    let isNew = phase.withLock { phase in
      guard case .paused = phase else { return false }
      phase = .accepting
      return true
    }
    if isNew { thread.perform { self.acceptWaiting() } }
  }

  /// Stops accepting connections, and removes a socket's file, unless it must stay or another process has
  /// replaced it.
  ///
  /// The descriptor is closed, but the socket is not shut down, because another process may listen on it.
  func close(leavingFile: Bool) {
    let isFirst = phase.withLock { phase in
      if case .closed = phase { return false }
      phase = .closed
      return true
    }
    // Two threads may stop the server.
    guard isFirst else { return }
    if !leavingFile { socket.unlinkIfOurs() }
    let isLast = thread.perform { [self] in letGo() }
    if !isLast { letGo() }
    thread.end()
  }

  /// Releases the descriptor, and the owner of the listener.
  private func letGo() {
    readiness.ignore(socket.descriptor)
    socket.close()
    calls.withLock { $0 = nil }
  }

  /// Returns if connections can be accepted, or must not be.
  func probe() { thread.finishJobs() }

  /// Waits, after ``close(leavingFile:)``, until the descriptor is closed and the port is free.
  func waitUntilClosed() { thread.waitUntilEnded() }
}
