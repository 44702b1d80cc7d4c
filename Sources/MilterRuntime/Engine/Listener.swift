@preconcurrency import Dispatch
import MilterSystem
import Synchronization

/// One listening socket of a server, with the Dispatch source that waits for connections.
///
/// While connections come thick and fast, the thread that accepts them stays, and sleeps in `poll`:
/// from a connection to its thread it is one step then, where Dispatch takes two more.
final class Listener: Sendable {
  private let socket: ListeningSocket
  private let accept: Accept
  private let source: any DispatchSourceRead
  /// Its own, since a thread may stay with it.
  private let queue = DispatchQueue(label: "swift-milter.accept")
  private let log: MilterLog
  private let trouble: Mutex<AcceptTrouble>
  private enum Phase {
    case accepting
    /// The source is suspended, for want of descriptors or because the server is full.
    case paused
    /// For good: a source that is suspended now would never let go of its descriptor.
    case closed
  }
  private let phase = Mutex(Phase.accepting)
  /// Left when the descriptor is closed.
  private let open = DispatchGroup()

  /// Accepted at one go before something else gets its turn.
  private static let batch = 64
  /// How long a thread stays for another connection, in milliseconds.
  private static let linger = 10
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
  init(_ socket: ListeningSocket, log: MilterLog, accept: Accept? = nil) {
    self.socket = socket
    self.accept = accept ?? { try socket.accept() }
    self.log = log
    trouble = Mutex(AcceptTrouble())
    source = DispatchSource.makeReadSource(fileDescriptor: socket.descriptor, queue: queue)
  }

  /// Where it listens, in a form that MTAs' configurations take.
  var spec: String { "\(socket.localAddress)" }

  /// Starts to accept; each connection is passed on, one after the other.
  ///
  /// - Parameters:
  ///   - hasRoom: says whether another connection may come; if not, accepting is paused until
  ///     ``resume()``.
  ///   - accepted: takes a connection.
  func start(
    hasRoom: @escaping @Sendable () -> Bool, accepted: @escaping @Sendable (Socket) -> Void
  ) {
    source.setEventHandler { [self] in
      for _ in 0..<Self.batch {
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
        guard nextComesSoon else { return }
      }
    }
    open.enter()
    source.setCancelHandler { [socket, open] in
      socket.close()
      open.leave()
    }
    source.activate()
  }

  /// Waits for another connection.
  private var nextComesSoon: Bool {
    let events = try? Poll.wait(socket.descriptor, .readable, milliseconds: Self.linger)
    return events?.isEmpty == false && phase.withLock { $0 == .accepting }
  }

  // MARK: Trouble

  private func meet(_ obstacle: AcceptTrouble.Obstacle) {
    let (isNew, isFirst) = trouble.withLock { $0.meet(obstacle, at: .now) }
    log.debug("\(spec): nothing accepted: \(obstacle)")
    if isNew {
      switch obstacle {
      case .full:
        log.put(
          .warning, .trouble, "\(spec): as many connections as allowed; others wait until one ends")
      case .failure(let reason):
        log.put(.error, .trouble, "\(reason); connections wait until that is over")
      }
    }
    if isFirst { lookAgain() }
  }

  private func lookAgain() {
    queue.asyncAfter(deadline: .now() + Self.pause) { [self] in
      if phase.withLock({ $0 == .closed }) { return }
      resume()
      if trouble.withLock({ $0.isOver(at: .now) }) {
        log.put(.notice, .relief, "\(spec): connections do not wait any longer")
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
      source.suspend()
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
        source.resume()
      case .closed: break
      }
    }
  }

  /// Accepts no more; a socket's file goes with it unless it is to stay or no longer ours.
  ///
  /// The descriptor is closed and never shut down: another process may listen with it.
  func close(leavingFile: Bool) {
    if !leavingFile { socket.unlinkIfOurs() }
    source.cancel()
    leavePause(for: .closed)
  }

  /// Returns if connections can be accepted, or are not to be.
  func probe() { queue.sync {} }

  /// Waits, after ``close(leavingFile:)``, until the descriptor is closed and the port is free.
  func waitUntilClosed() { open.wait() }
}
