import Dispatch
import MilterSockets
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Serves a filter to MTAs on one or more sockets.
///
/// ```swift
/// let server = try MilterServer(sockets: ["inet:8891@127.0.0.1"]) { Greeter() }
/// try server.run()
/// ```
///
/// ``run()`` is a program's main loop and owns its signals; ``start()`` and ``stop(drain:)`` embed
/// the server in a larger program and touch no signal.
///
/// The corresponding libmilter functions are `smfi_register`, `smfi_setconn`, `smfi_opensocket`,
/// `smfi_main` and `smfi_stop`.
///
/// ## Topics
///
/// ### Making a server
/// - ``init(sockets:configuration:makeMilter:)``
/// - ``MilterConfiguration``
///
/// ### Running it
/// - ``open()``
/// - ``run()``
/// - ``start()``
/// - ``stop(drain:)``
/// - ``addresses``
public final class MilterServer: Sendable {
  /// How the server was configured.
  public let configuration: MilterConfiguration

  let makeMilter: @Sendable () -> Milter
  let pool: WorkerPool
  /// Where sources tell of new connections and of idle ones that have something to say.
  let queue = DispatchQueue(label: "swift-milter.events")
  /// What the log calls the server.
  let name: String

  private let specs: [SocketSpec]

  private enum Phase {
    case closed
    case open([Listener])
    case running([Listener], timer: any DispatchSourceTimer)
    case stopped
  }
  private let phase = Mutex(Phase.closed)
  private let connections = Mutex<[ObjectIdentifier: Connection]>([:])
  private let stopping = Atomic<Bool>(false)
  private let waiter = Mutex<SignalWaiter?>(nil)
  /// Entered by every connection, left when it ended.
  private let alive = DispatchGroup()

  /// Makes a server; it opens nothing yet.
  ///
  /// - Parameters:
  ///   - sockets: where to listen: `inet:port@host`, `inet6:port@host`, `unix:/path`,
  ///     `local:/path`, a path, Postfix's `inet:host:port`, or `fd:N` for a descriptor that
  ///     listens already.
  ///   - configuration: how.
  ///   - makeMilter: makes the filter for one connection, on that connection's thread.
  /// - Throws: an error that says which part of which socket is wrong, and what would be right.
  public init(
    sockets: [String], configuration: MilterConfiguration = .init(),
    makeMilter: @escaping @Sendable () -> Milter
  ) throws {
    self.configuration = configuration
    self.makeMilter = makeMilter
    specs = try sockets.map { try SocketSpec($0) }
    pool = WorkerPool(limit: configuration.maxThreads, stackSize: configuration.stackSize)
    name = "milter on " + specs.map(\.description).joined(separator: ", ")
  }

  /// Where the server listens, as socket specifications; for port 0 with the port that was chosen.
  ///
  /// Empty until ``open()`` or ``start()``.
  public var addresses: [String] {
    phase.withLock { phase in
      switch phase {
      case .open(let listeners), .running(let listeners, _): listeners.map(\.spec)
      case .closed, .stopped: []
      }
    }
  }

  /// Opens the sockets without accepting connections; ``start()`` and ``run()`` do it otherwise.
  ///
  /// Between this and those a program can give up privileges. No thread is started, so it can fork,
  /// too. The corresponding libmilter function is `smfi_opensocket`.
  /// - Throws: if a socket cannot be opened, with the reason; none is open then.
  public func open() throws {
    try phase.withLock { phase in
      guard case .closed = phase else { return }
      var sockets: [ListeningSocket] = []
      do {
        for spec in specs {
          let options = ListeningSocket.Options(
            backlog: Int32(clamping: configuration.backlog), mode: configuration.socketMode,
            group: configuration.socketGroup)
          sockets.append(try ListeningSocket(spec, options: options))
        }
      } catch {
        for socket in sockets {
          socket.unlinkIfOurs()
          socket.close()
        }
        throw error
      }
      phase = .open(sockets.map { Listener($0, queue: queue, log: configuration.log) })
    }
  }

  /// Starts to serve and returns; touches no signal.
  ///
  /// - Throws: if a socket cannot be opened.
  public func start() throws {
    try open()
    phase.withLock { phase in
      guard case .open(let listeners) = phase else { return }
      let timer = DispatchSource.makeTimerSource(queue: queue)
      let interval = min(max(configuration.timeout / 4, .milliseconds(50)), .seconds(30))
      timer.schedule(deadline: .now() + interval.dispatch, repeating: interval.dispatch)
      timer.setEventHandler { [weak self] in self?.sweep() }
      timer.activate()
      phase = .running(listeners, timer: timer)
      for listener in listeners {
        listener.start(
          hasRoom: { [weak self] in self?.hasRoom ?? false },
          accepted: { [weak self] socket in self?.accepted(socket) })
        configuration.log.notice("listening on \(listener.spec)")
      }
    }
  }

  /// Serves until it is told to stop, by a signal or by ``stop(drain:)``.
  ///
  /// SIGTERM and SIGHUP stop accepting and wait for messages under way, at most
  /// ``MilterConfiguration/drain``; SIGINT, or a second signal, ends them at once. The signals are
  /// blocked meanwhile in all threads; call it before other threads are started.
  ///
  /// The corresponding libmilter function is `smfi_main`.
  /// - Throws: if a socket cannot be opened.
  public func run() throws {
    let waiter = SignalWaiter()
    self.waiter.withLock { $0 = waiter }
    defer { self.waiter.withLock { $0 = nil } }
    do {
      try start()
    } catch {
      waiter.finish()
      waiter.wait { _ in }
      throw error
    }
    var signals = 0
    waiter.wait { number in
      signals += 1
      let atOnce = number == SIGINT || signals > 1
      configuration.log.notice("signal \(number): stopping" + (atOnce ? " at once" : ""))
      if atOnce, signals > 1 {
        cutAll()
      } else {
        let drain = atOnce ? .zero : configuration.drain
        DispatchQueue.global().async { _ = self.stop(drain: drain) }
      }
    }
  }

  /// Stops to serve.
  ///
  /// No connection is accepted any more, idle ones are closed, and messages under way are worked on
  /// to their verdict. What is left after the drain time is cut off.
  ///
  /// The corresponding libmilter function is `smfi_stop`. Not to be called from a callback, which
  /// would wait for itself: there, call it on another thread.
  /// - Parameter drain: how long to wait for messages under way.
  /// - Returns: how many connections were left, because their callbacks did not return.
  @discardableResult
  public func stop(drain: Duration = .seconds(30)) -> Int {
    let listeners = phase.withLock { phase -> [Listener] in
      defer { phase = .stopped }
      switch phase {
      case .closed, .stopped: return []
      case .open(let listeners): return listeners
      case .running(let listeners, let timer):
        timer.cancel()
        return listeners
      }
    }
    stopping.store(true, ordering: .sequentiallyConsistent)
    for listener in listeners { listener.close() }
    // What was accepted before the listeners closed is registered by now.
    queue.sync {}
    for connection in snapshot() { connection.wake() }
    if alive.wait(timeout: .now() + drain.dispatch) == .timedOut {
      cutAll()
      _ = alive.wait(timeout: .now() + Duration.seconds(1).dispatch)
    }
    let left = connections.withLock { $0.count }
    if left > 0 {
      configuration.log.error("\(left) connections have callbacks that did not return")
    }
    configuration.log.notice("stopped")
    waiter.withLock { $0 }?.finish()
    return left
  }

  private func cutAll() {
    for connection in snapshot() { connection.cut() }
  }

  private func snapshot() -> [Connection] { connections.withLock { Array($0.values) } }

  // MARK: What connections and listeners ask and tell

  var isStopping: Bool { stopping.load(ordering: .relaxed) }

  private var hasRoom: Bool {
    guard let limit = configuration.maxConnections else { return true }
    return connections.withLock { $0.count } < limit
  }

  /// Serves a connected socket.
  func accepted(_ socket: Socket) {
    do {
      try socket.setReceiveTimeout(milliseconds: max(1, configuration.linger.milliseconds))
      try socket.setSendTimeout(milliseconds: max(1, configuration.timeout.milliseconds))
    } catch {
      configuration.log.warning("closing a connection: \(error)")
      return
    }
    let connection = Connection(socket, server: self)
    alive.enter()
    connections.withLock { $0[ObjectIdentifier(connection)] = connection }
    pool.run(connection)
  }

  func ended(_ connection: Connection) {
    connections.withLock { $0[ObjectIdentifier(connection)] = nil }
    alive.leave()
    if configuration.maxConnections != nil {
      let listeners = phase.withLock { phase -> [Listener] in
        if case .running(let listeners, _) = phase { return listeners }
        return []
      }
      for listener in listeners { listener.resume() }
    }
  }

  /// Has connections look at the clock that have been silent for too long.
  private func sweep() {
    for connection in snapshot() where connection.hasExpired { connection.wake() }
  }
}
