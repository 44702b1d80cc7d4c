import Dispatch
import MilterCore
import MilterSystem

/// Serves a filter to MTAs on one or more sockets.
///
/// ```swift
/// let server = try MilterServer(sockets: ["inet:8891@127.0.0.1"]) { Greeter() }
/// try server.run()
/// ```
///
/// ``run()`` is the main loop of a program and handles its signals. In a larger program, ``start()`` and
/// ``stop(drain:)`` do not change the handling of signals.
///
/// The corresponding libmilter functions are `smfi_register`, `smfi_setconn`, `smfi_opensocket`, `smfi_main`,
/// and `smfi_stop`.
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
/// - ``serve()``
/// - ``start()``
/// - ``stop(drain:)``
/// - ``addresses``
/// - ``statistics``
/// - ``inheritedSockets(named:)``
public final class MilterServer: Sendable {
  /// The configuration of the server.
  public let configuration: MilterConfiguration

  private let specs: [SocketSpec]
  private let makeHandler: @Sendable () -> any SessionHandler

  private enum Phase {
    case closed
    case open(OpenSockets)
    case running(Engine)
    case stopped
  }
  private let phase = SystemMutex(Phase.closed)
  /// Calls of ``serve()`` that wait for the end.
  private let waiting = SystemMutex<[CheckedContinuation<Void, Never>]>([])
  private let counters: ServerCounters
  /// The action on SIGHUP; `nil` if SIGHUP stops the server, as in libmilter.
  private let reload: (@Sendable () throws -> Void)?
  /// Prepares the filter before the first connection; `nil` if there is nothing to prepare.
  private let prepare: (@Sendable () throws -> Void)?
  /// The process-wide part of the server while ``run()`` is running.
  private let process = SystemMutex<ServerProcess?>(nil)

  /// Creates a server for filters that are not a ``Milter``; without `reload`, ``run()`` handles signals as
  /// libmilter does.
  package init(
    sockets: [String], configuration: MilterConfiguration,
    prepare: (@Sendable () throws -> Void)? = nil,
    reload: (@Sendable () throws -> Void)? = nil,
    makeHandler: @escaping @Sendable () -> any SessionHandler
  ) throws {
    if let limit = configuration.maxConnections, limit < 1 {
      throw MilterError(.invalidArgument, "maxConnections is \(limit), so nobody could connect")
    }
    guard configuration.callbackFallback.isVerdict else {
      throw MilterError(
        .invalidArgument,
        "callbackFallback is \(configuration.callbackFallback), which makes no decision")
    }
    self.configuration = configuration
    MilterLog.ofProcess = configuration.log
    counters = ServerCounters(
      timesCallbacks: configuration.timesCallbacks || configuration.metrics != nil
        || configuration.metricsListener != nil)
    self.makeHandler = makeHandler
    self.prepare = prepare
    self.reload = reload
    specs = try sockets.map { try SocketSpec($0) }
  }

  /// The server's sockets as socket specifications; the chosen port replaces port 0.
  ///
  /// Empty before ``open()`` or ``start()``, and after the server was stopped.
  public var addresses: [String] {
    phase.withLock { phase in
      switch phase {
      case .open(let sockets): sockets.mail.map { "\($0.localAddress)" }
      case .running(let engine): engine.addresses
      case .closed, .stopped: []
      }
    }
  }

  /// The statistics of the server.
  ///
  /// May be read at any time, from any thread, and after the server was stopped.
  public var statistics: MilterStatistics { counters.snapshot }

  /// Opens the sockets without accepting connections.
  ///
  /// If you do not call it, ``start()`` and ``run()`` open the sockets. Between this call and those, a program
  /// can give up privileges and fork, because no thread is running yet. The corresponding libmilter function is
  /// `smfi_opensocket`.
  /// - Throws: `SocketError` if a socket cannot be opened, with a code such as `addressInUse`,
  ///   `permissionDenied`, or `noSuchDirectory`, and with the system's error; no socket is then open. `FileError`
  ///   with the code `pathInTheWay` if ``MilterMetrics/file`` exists and is not a regular file.
  ///   ``/MilterCore/MilterError`` if the server was stopped.
  public func open() throws {
    StandardDescriptors.fill()
    try phase.withLock { phase in
      if case .stopped = phase {
        throw MilterError(.wrongTime, "the server was stopped; create another one")
      }
      guard case .closed = phase else { return }
      try configuration.metrics?.check()
      phase = .open(try OpenSockets(specs, configuration))
    }
  }

  /// Starts the server and returns; does not change the handling of signals.
  ///
  /// The server runs until it is stopped, even if nothing refers to it. The larger program must prepare the
  /// filter: unlike ``run()`` and ``serve()``, this method does not call ``MilterConfiguration/prepare``.
  /// - Throws: The same errors as ``open()``, also if the system has no descriptors left; `ThreadError` if it has no
  ///   threads left.
  public func start() throws {
    try open()
    let (engine, failure) = try phase.withLock { phase -> (Engine?, (any Error)?) in
      guard case .open(let sockets) = phase else { return (nil, nil) }
      var configuration = configuration
      // The engine retains the server until it has stopped.
      configuration.requestStop = { [worker = configuration.worker] in
        // All workers must stop.
        if let worker { return worker.tell(.stop) }
        self.requestStop(drain: self.drain)
      }
      let engine = try Engine(
        sockets, configuration, counters: counters, makeHandler: makeHandler)
      do {
        try engine.start()
      } catch {
        phase = .stopped
        return (engine, error)
      }
      phase = .running(engine)
      return (engine, nil)
    }
    if let failure {
      // Some of its threads may already run.
      _ = engine?.stop(drain: .zero)
      throw failure
    }
    if configuration.worker == nil { engine?.logListeners() }
  }

  /// Opens the sockets and gets the filter ready; if that fails, the server must be stopped.
  ///
  /// - Returns: Whether the server may start; `false` if it was stopped in the meantime.
  private func openPrepared() throws -> Bool {
    try open()
    try prepare?()
    return phase.withLock { if case .stopped = $0 { false } else { true } }
  }

  /// Serves until a signal or ``stop(drain:)`` stops it.
  ///
  /// It opens the sockets and then calls ``MilterConfiguration/prepare``, by default ``MilterBase/prepare()``
  /// of the filter's class, on the calling thread and before the first connection.
  ///
  /// On SIGTERM, it accepts no more connections and waits for messages in progress, at most
  /// ``MilterConfiguration/drain``. On SIGINT or a second signal, it ends them at once. On SIGHUP, it reloads
  /// the configuration: ``MilterConfiguration/reload``, by default ``MilterBase/reload()`` of the filter's
  /// class. On SIGUSR1, it logs the state of each connection; see ``logConnections()``. A signal affects all
  /// running servers of the process. The signals are blocked in all threads, so call this method before you
  /// start other threads. The server reports to a service manager. See the article Operating.
  ///
  /// The corresponding libmilter function is `smfi_main`.
  /// - Throws: The same errors as ``start()``, or an error of `prepare`. The server is then stopped.
  public func run() throws {
    StandardDescriptors.fill()
    let process = ServerProcess(
      log: configuration.log, reload: countedReload, worker: configuration.worker)
    let isFirst = self.process.withLock { current in
      guard current == nil else { return false }
      current = process
      return true
    }
    guard isFirst else {
      process.dismiss()
      throw MilterError(.wrongTime, "the server runs already")
    }
    defer { self.process.withLock { $0 = nil } }
    do {
      guard try openPrepared() else { return process.dismiss() }
      try process.start(stackSize: configuration.stackSize)
      try start()
    } catch {
      stop(drain: .zero)
      process.dismiss()
      throw error
    }
    guard let engine else { return process.dismiss() }  // stopped meanwhile
    process.serve(engine) { isAtOnce in
      self.requestStop(drain: isAtOnce ? .zero : self.drain)
    }
  }

  /// Serves until its task is canceled or the server is stopped; does not change the handling of signals.
  ///
  /// It begins as ``run()`` does: it opens the sockets and calls ``MilterConfiguration/prepare``. After
  /// cancellation, it accepts no more connections and waits for messages in progress, at most
  /// ``MilterConfiguration/drain``, as ``run()`` does on SIGTERM. So you can use it in a service group:
  ///
  /// ```swift
  /// struct FilterService {
  ///   let server: MilterServer
  ///
  ///   func run() async throws { try await server.serve() }
  /// }
  /// ```
  ///
  /// With swift-service-lifecycle, declare a `Service` that calls `serve` in `cancelWhenGracefulShutdown`.
  ///
  /// It blocks no thread of Swift's cooperative pool.
  ///
  /// The corresponding libmilter function is `smfi_main`.
  /// - Throws: The same errors as ``start()``, or an error of `prepare`. The server is then stopped.
  public func serve() async throws {
    guard !Task.isCancelled else { return }
    do {
      guard try openPrepared() else { return }
      try start()
    } catch {
      stop(drain: .zero)
      throw error
    }
    await withTaskCancellationHandler {
      await untilStopped()
    } onCancel: {
      requestStop(drain: drain)
    }
  }

  private func untilStopped() async {
    await withCheckedContinuation { continuation in
      let hasStopped = phase.withLock { phase in
        if case .stopped = phase { return true }
        waiting.withLock { $0.append(continuation) }
        return false
      }
      if hasStopped { continuation.resume() }
    }
  }

  /// Resumes the calls that wait for the end, after the server has stopped.
  private func tellStopped() {
    let continuations = waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
    for continuation in continuations { continuation.resume() }
  }

  /// Reloads the configuration, and counts a reload that succeeds.
  private var countedReload: (@Sendable () throws -> Void)? {
    guard let reload else { return nil }
    return { [counters] in
      try reload()
      counters.countReload()
    }
  }

  /// Stops serving.
  ///
  /// The server accepts no more connections. It closes a connection between messages after its MTA has been
  /// silent for a second; until then it serves another message on it. Messages in progress get their verdict.
  /// After the drain time, the server closes the remaining connections.
  ///
  /// May be called from any thread. If it would wait for its own caller, it does not wait, and returns 0: in a
  /// callback and its child tasks, even while they await an actor, and in a log's closure. In a task that a
  /// callback created with `Task {}`, it waits. The corresponding libmilter function is `smfi_stop`.
  /// - Parameter drain: The time to wait for messages in progress and for those that follow them; `nil`, the
  ///   default, for ``MilterConfiguration/drain``.
  /// - Returns: The number of connections whose callbacks did not return in time.
  @discardableResult
  public func stop(drain: Duration? = nil) -> Int {
    let drain = drain ?? self.drain
    if CallbackThread.isCurrent || LogClosure.isCurrent || CallbackExecutor.isCurrent {
      requestStop(drain: drain)
      return 0
    }
    process.withLock { $0 }?.willStop()
    let former = phase.withLock { phase in
      // The engine stays reachable until it has stopped, because a second signal ends the drain time.
      defer { if case .running = phase {} else { phase = .stopped } }
      return phase
    }
    var left = 0
    switch former {
    case .closed, .stopped: break
    case .open(let sockets):
      sockets.close(leavingFiles: configuration.leavesSocketFiles())
    case .running(let engine):
      left = engine.stop(drain: drain)
      phase.withLock { $0 = .stopped }
    }
    process.withLock { $0 }?.finish()
    tellStopped()
    return left
  }

  /// Stops the server and ends ``run()``, without waiting.
  package func requestStop(drain: Duration) {
    if let engine { return engine.requestStop(drain: drain) { self.stop(drain: drain) } }
    // Nothing is running, so a lack of threads can delay nothing.
    DispatchQueue(label: "swift-milter.stop").async { self.stop(drain: drain) }
  }

  /// The engine, if there is one.
  var engine: Engine? {
    phase.withLock { phase in
      if case .running(let engine) = phase { return engine }
      return nil
    }
  }
}
