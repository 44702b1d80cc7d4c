@preconcurrency import Dispatch
import MilterSockets
import Synchronization

/// One listening socket of a server, with the Dispatch source that waits for connections.
final class Listener: Sendable {
  private let socket: ListeningSocket
  private let source: any DispatchSourceRead
  private let queue: DispatchQueue
  private let log: MilterLog
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

  /// Accepted at one go before other events get their turn.
  private static let batch = 64
  /// How long to wait before accepting again, when the system had nothing left.
  private static let pause = DispatchTimeInterval.seconds(1)

  init(_ socket: ListeningSocket, queue: DispatchQueue, log: MilterLog) {
    self.socket = socket
    self.log = log
    self.queue = queue
    source = DispatchSource.makeReadSource(fileDescriptor: socket.descriptor, queue: queue)
  }

  /// Where it listens, in a form that MTAs' configurations take.
  var spec: String { "\(socket.localAddress)" }

  /// Starts to accept; each connection is passed on, on the queue.
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
          if hasRoom() { resume() }
          return
        }
        do {
          guard let connection = try socket.accept() else { return }
          accepted(connection)
        } catch {
          log.error("\(error); trying again in a second")
          pause()
          queue.asyncAfter(deadline: .now() + Self.pause) { self.resume() }
          return
        }
      }
    }
    open.enter()
    source.setCancelHandler { [socket, open] in
      socket.close()
      open.leave()
    }
    source.activate()
  }

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
  func close(leavingFile: Bool) {
    if !leavingFile { socket.unlinkIfOurs() }
    source.cancel()
    leavePause(for: .closed)
  }

  /// Waits, after ``close(leavingFile:)``, until the descriptor is closed and the port is free.
  func waitUntilClosed() { open.wait() }
}
