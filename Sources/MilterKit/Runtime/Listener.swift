@preconcurrency import Dispatch
import MilterSockets
import Synchronization

/// One listening socket of a server, with the thread that waits for connections.
final class Listener: Sendable {
  private let socket: ListeningSocket
  private let accept: Accept
  private let thread: EventThread
  /// Where it accepts again after a pause.
  private let queue = DispatchQueue(label: "swift-milter.accept")
  private let log: MilterLog
  private let trouble: Mutex<AcceptTrouble>
  private enum Phase {
    case accepting
    /// Nobody waits for connections, for want of descriptors or because the server is full.
    case paused
    /// For good.
    case closed
  }
  private let phase = Mutex(Phase.accepting)
  /// Left when the descriptor is closed.
  private let open = DispatchGroup()

  /// Accepted at one go before something else gets its turn.
  private static let batch = 64
  /// How long to wait before accepting again, when nothing else tells that it may work.
  private static let pause = DispatchTimeInterval.seconds(1)

  /// Takes the next connection that is waiting; nil if there is none.
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
    trouble = Mutex(AcceptTrouble())
    thread = try EventThread()
  }

  /// Where it listens, in a form that MTAs' configurations take.
  var spec: String { "\(socket.localAddress)" }

  /// Starts to accept; each connection is passed on, one after the other.
  ///
  /// - Parameters:
  ///   - hasRoom: says whether another connection may come; if not, accepting is paused until
  ///     ``resume()``.
  ///   - accepted: takes a connection.
  /// - Throws: if the system has no thread to give; the socket is closed then.
  func start(
    hasRoom: @escaping @Sendable () -> Bool, accepted: @escaping @Sendable (Socket) -> Void
  ) throws(SocketError) {
    open.enter()
    let closed = { @Sendable [socket, open] in
      socket.close()
      open.leave()
    }
    do {
      try thread.start(ended: closed) { [self] _ in
        acceptWaiting(hasRoom, accepted)
        phase.withLock { arm($0) }
      }
    } catch {
      closed()
      throw error
    }
    phase.withLock { arm($0) }
  }

  private func acceptWaiting(_ hasRoom: () -> Bool, _ accepted: (Socket) -> Void) {
    for _ in 0..<Self.batch {
      guard phase.withLock({ $0 == .accepting }) else { return }
      guard hasRoom() else {
        pause()
        // A connection may have ended before the pause, and nobody else would end it then.
        if hasRoom() { return resume() }
        return meet(.full)
      }
      do {
        guard let connection = try accept() else { return }
        accepted(connection)
      } catch {
        pause()
        return meet(.failure("\(error)"))
      }
    }
  }

  /// Has the thread wait for the next connection, unless that is paused.
  ///
  /// The socket is on the thread's list from the beginning, so it takes no memory that may be lacking.
  private func arm(_ phase: Phase) {
    guard phase == .accepting else { return }
    do {
      try thread.wait(for: .readable, of: socket.descriptor, token: 0)
    } catch {
      log.error("\(spec): \(error)")
    }
  }

  // MARK: Trouble

  private func meet(_ obstacle: AcceptTrouble.Obstacle) {
    let (isNew, isFirst) = trouble.withLock { $0.meet(obstacle, at: .now) }
    log.debug("\(spec): nothing accepted: \(obstacle)")
    if isNew {
      switch obstacle {
      case .full:
        log.warning("\(spec): as many connections as allowed; others wait until one ends")
      case .failure(let reason):
        log.error("\(reason); connections wait until that is over")
      }
    }
    if isFirst { lookAgain() }
  }

  private func lookAgain() {
    queue.asyncAfter(deadline: .now() + Self.pause) { [self] in
      if phase.withLock({ $0 == .closed }) { return }
      resume()
      if trouble.withLock({ $0.isOver(at: .now) }) {
        log.notice("\(spec): connections do not wait any longer")
      } else {
        lookAgain()
      }
    }
  }

  // MARK: Pausing and closing

  private func pause() {
    phase.withLock { phase in
      guard case .accepting = phase else { return }
      phase = .paused
    }
  }

  /// Accepts again, if that was paused.
  func resume() { leavePause(for: .accepting) }

  private func leavePause(for next: Phase) {
    phase.withLock { phase in
      switch phase {
      case .accepting: phase = next
      case .paused:
        phase = next
        arm(next)
      case .closed: break
      }
    }
  }

  /// Accepts no more; a socket's file goes with it unless it is to stay or no longer ours.
  ///
  /// The descriptor is closed and never shut down: another process may listen with it.
  func close(leavingFile: Bool) {
    if !leavingFile { socket.unlinkIfOurs() }
    leavePause(for: .closed)
    thread.end()
  }

  /// Returns if connections can be accepted, or are not to be.
  func probe() { thread.probe() }

  /// Waits, after ``close(leavingFile:)``, until the descriptor is closed and the port is free.
  func waitUntilClosed() { open.wait() }
}
