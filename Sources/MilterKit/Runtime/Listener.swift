@preconcurrency import Dispatch
import MilterSockets
import Synchronization

/// One listening socket of a server, with the Dispatch source that waits for connections.
final class Listener: Sendable {
  private let socket: ListeningSocket
  private let source: any DispatchSourceRead
  private let queue: DispatchQueue
  private let log: MilterLog
  /// Whether accepting is suspended, for want of descriptors or because the server is full.
  private let isPaused = Mutex(false)

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
        guard hasRoom() else { return pause() }
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
    source.setCancelHandler { [socket] in socket.close() }
    source.activate()
  }

  private func pause() {
    isPaused.withLock { isPaused in
      guard !isPaused else { return }
      isPaused = true
      source.suspend()
    }
  }

  /// Accepts again, if that was paused.
  func resume() {
    isPaused.withLock { isPaused in
      guard isPaused else { return }
      isPaused = false
      source.resume()
    }
  }

  /// Accepts no more; a socket's file goes with it unless it is to stay or no longer ours.
  func close(leavingFile: Bool) {
    if !leavingFile { socket.unlinkIfOurs() }
    source.cancel()
    resume()
  }
}
