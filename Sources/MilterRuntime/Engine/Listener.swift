import Dispatch
import MilterSystem

/// One listening socket of a server, with the thread that waits for connections.
final class Listener: Sendable {
  private let socket: ListeningSocket
  private let accept: Accept
  private let readiness: Readiness
  private let thread: EventThread
  private let log: MilterLog
  private let trouble: SystemMutex<AcceptTrouble>
  private enum Phase {
    case accepting
    /// The system has no descriptors left, or the server is full.
    case paused
    /// For good.
    case closed
  }
  private let phase = SystemMutex(Phase.accepting)

  /// Accepted at one go before something else gets its turn.
  private static let batch = 64
  /// How long to wait before accepting again, when no other event shows that it may work.
  private static let pause = Duration.seconds(1)

  private struct Calls {
    let hasRoom: @Sendable () -> Bool
    let accepted: @Sendable (Socket) -> Void
  }
  /// There while the listener accepts.
  private let calls = SystemMutex<Calls?>(nil)

  /// Takes the next connection that is waiting; nil if none waits.
  typealias Accept = @Sendable () throws -> Socket?

  /// Makes a listener, which does not accept yet.
  ///
  /// - Parameters:
  ///   - socket: where it listens.
  ///   - log: where trouble goes.
  ///   - accept: takes a connection; nil for what the socket does.
  /// - Throws: if the system has no descriptor to give.
  init(_ socket: ListeningSocket, log: MilterLog, accept: Accept? = nil) throws(SocketError) {
    self.socket = socket
    self.accept = accept ?? { try socket.accept() }
    self.log = log
    trouble = SystemMutex(AcceptTrouble())
    readiness = try Readiness()
    thread = try EventThread(waitingFor: readiness)
  }

  /// The socket where it listens, in a form that MTAs' configurations take.
  var spec: String { "\(socket.localAddress)" }

  /// Starts to accept; each connection is passed on, one after the other.
  ///
  /// - Parameters:
  ///   - hasRoom: returns whether another connection may come; if not, accepting is paused until
  ///     ``resume()``.
  ///   - accepted: takes a connection.
  /// - Throws: if the system has no thread to give, or no memory to wait.
  func start(
    hasRoom: @escaping @Sendable () -> Bool, accepted: @escaping @Sendable (Socket) -> Void
  ) throws(SocketError) {
    calls.withLock { $0 = Calls(hasRoom: hasRoom, accepted: accepted) }
    try thread.start(ready: { [self] _ in acceptWaiting() }, task: { [self] in lookAgain() })
    // The event is edge-triggered: the thread accepts until no connection waits.
    try readiness.wait(for: .news, of: socket.descriptor, token: 0)
  }

  private func acceptWaiting() {
    guard let calls = calls.withLock({ $0 }) else { return }
    for _ in 0..<Self.batch {
      guard phase.withLock({ $0 == .accepting }) else { return }
      guard calls.hasRoom() else {
        pause()
        // A connection may have ended before the pause, and nobody else would end it then.
        if calls.hasRoom() { return resume() }
        return meet(.full)
      }
      do {
        guard let connection = try accept() else { return }
        calls.accepted(connection)
      } catch {
        pause()
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
    // After the attempt: if this thread was late, there has been none for long, and no calm either.
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

  /// Whether connections wait because there is no room for them.
  var isPaused: Bool {
    phase.withLock { phase in
      if case .paused = phase { true } else { false }
    }
  }

  /// Accepts again, if that was paused.
  func resume() {
    let isNew = phase.withLock { phase in
      guard case .paused = phase else { return false }
      phase = .accepting
      return true
    }
    if isNew { thread.perform { self.acceptWaiting() } }
  }

  /// Accepts no more; a socket's file goes with it unless it is to stay or no longer ours.
  ///
  /// The descriptor is closed and never shut down: another process may listen with it.
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

  /// Lets go of the descriptor, and of who owns the listener.
  private func letGo() {
    readiness.ignore(socket.descriptor)
    socket.close()
    calls.withLock { $0 = nil }
  }

  /// Returns if connections can be accepted, or are not to be.
  func probe() { thread.finishJobs() }

  /// Waits, after ``close(leavingFile:)``, until the descriptor is closed and the port is free.
  func waitUntilClosed() { thread.waitUntilEnded() }
}
