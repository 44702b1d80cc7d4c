import MilterSystem

/// The tasks of a server that owns its process: it waits for signals, and for a supervisor's commands,
/// and reports to the service manager or the supervisor.
///
/// A server that was embedded by ``MilterServer/start()`` has none.
final class ServerProcess: Sendable {
  private let waiter: SignalWaiter
  private let manager: ServiceManager?
  private let worker: WorkerLink?
  private let log: MilterLog
  private let reload: (@Sendable () throws -> Void)?
  /// The thread that reads the configuration again, so that signals are still handled meanwhile.
  let reloads = EventThread()
  /// Whether a reload waits for its turn: it will read what any later one would.
  ///
  /// The number is that of the supervisor's last command to do so, 0 without one.
  private let waitingReload = SystemMutex<Int?>(nil)
  private let isStopping = SystemMutex(false)
  /// Whether messages under way are not waited for any longer.
  private let isHurried = SystemMutex(false)

  /// Blocks the signals in the calling thread, and so in all that are started after it.
  ///
  /// - Parameters:
  ///   - log: where signals and failures go.
  ///   - reload: reads the configuration again, on SIGHUP. Nil is libmilter's way: SIGHUP stops the
  ///     server, and what the service manager hears is the filter's business.
  ///   - worker: the channel to the supervisor; nil without one.
  init(log: MilterLog, reload: (@Sendable () throws -> Void)?, worker: WorkerLink? = nil) {
    self.log = log
    self.worker = worker
    self.reload = reload
    let signals = reload == nil ? SignalMask.stopSignals : SignalMask.programSignals
    waiter = SignalWaiter(for: signals, restoresMask: reload != nil)
    do {
      manager = reload == nil ? nil : try ServiceManager()
    } catch {
      log.warning("no word to the service manager: \(error)")
      manager = nil
    }
  }

  /// Starts the threads that it needs.
  ///
  /// - Parameter stackSize: the stack of the one that reads the configuration again, in bytes.
  /// - Throws: if the system has no thread to give.
  func start(stackSize: Int) throws(SocketError) {
    if reload != nil { try reloads.start(stackSize: stackSize) }
  }

  /// Serves until ``finish()`` is called; in the thread that made this.
  ///
  /// - Parameters:
  ///   - engine: what runs.
  ///   - stop: begins to stop, at once if its argument is true, and has ``finish()`` called in the end.
  func serve(_ engine: Engine, stop: @escaping @Sendable (_ isAtOnce: Bool) -> Void) {
    let watchdog = watchdog(engine)
    defer {
      watchdog?.cancel()
      worker?.stop()
      reloads.end()
    }
    obeySupervisor(engine, stop)
    tell(.ready)
    waiter.wait { signal in
      switch signal {
      case .user1: engine.logConnections()
      case .hangup where reload != nil: reloadLater()
      case .interrupt: begin(stop, atOnce: true, engine, "signal \(signal.rawValue)")
      default:
        let isFirst = begin(stop, atOnce: false, engine, "signal \(signal.rawValue)")
        // A worker gets a signal to the whole process group twice: its supervisor also forwards it.
        if !isFirst, worker == nil {
          begin(stop, atOnce: true, engine, "signal \(signal.rawValue)")
        }
      }
    }
    worker?.tell(.statistics(0, WorkerCounts(engine.counters.snapshot)))
  }

  private func obeySupervisor(
    _ engine: Engine, _ stop: @escaping @Sendable (_ isAtOnce: Bool) -> Void
  ) {
    guard let worker else { return }
    do {
      try worker.start { [self] command in
        switch command {
        case .stop: begin(stop, atOnce: false, engine, "the supervisor")
        case .stopNow: begin(stop, atOnce: true, engine, "the supervisor")
        case .reload(let number): reloadLater(number)
        case .list: engine.logConnections()
        case .statistics(let number):
          worker.tell(.statistics(number, WorkerCounts(engine.counters.snapshot)))
        case .status(let number): worker.tell(.status(number, engine.status()))
        }
      }
    } catch {
      log.error("the supervisor is not heard: \(error)")
      begin(stop, atOnce: false, engine, "no supervisor")
    }
  }

  /// Begins to stop, or waits no longer for messages under way.
  ///
  /// - Returns: whether anything is new about that.
  @discardableResult
  private func begin(
    _ stop: (_ isAtOnce: Bool) -> Void, atOnce isAtOnce: Bool, _ engine: Engine, _ reason: String
  ) -> Bool {
    let isFirst = willStop()
    let isHurry =
      isAtOnce
      && isHurried.withLock { isHurried in
        defer { isHurried = true }
        return !isHurried
      }
    guard isFirst || isHurry else { return false }
    log.notice("\(reason): stopping" + (isAtOnce ? " at once" : ""))
    if isFirst { stop(isAtOnce) } else { engine.hurry() }
    return true
  }

  private func watchdog(_ engine: Engine) -> Watchdog? {
    do {
      let patience = worker == nil ? manager?.watchdog : ServiceManager.watchdog()
      return try Watchdog(patience, engine) { self.tell(.watchdog) }
    } catch {
      log.error("no word to the service manager: \(error)")
      return nil
    }
  }

  /// Reports to the service manager, once, that the server is about to end.
  ///
  /// - Returns: whether that is new.
  @discardableResult
  func willStop() -> Bool {
    isStopping.withLock { isStopping in
      if isStopping { return false }
      isStopping = true
      tell(.stopping)
      return true
    }
  }

  /// Ends ``serve(_:stop:)``, from any thread.
  func finish() { waiter.finish() }

  /// Gives the signals back without serving.
  func dismiss() {
    reloads.end()
    waiter.finish()
    waiter.wait { _ in }
  }

  /// Has the configuration read again, unless that is about to happen already.
  ///
  /// - Parameter number: what the supervisor calls the reload; 0 if it has not asked.
  func reloadLater(_ number: Int = 0) {
    guard let reload else { return }
    let isNew = waitingReload.withLock { waiting in
      defer { waiting = max(waiting ?? 0, number) }
      return waiting == nil
    }
    guard isNew else { return }
    reloads.perform {
      let number = self.waitingReload.withLock { waiting in
        defer { waiting = nil }
        return waiting ?? 0
      }
      self.run(reload, number)
    }
  }

  private func run(_ reload: () throws -> Void, _ number: Int) {
    guard tellUnlessStopping(.reloading) else { return }
    do {
      try reload()
      log.notice("reloaded")
      worker?.tell(.reloaded(number))
    } catch {
      log.error("reloading failed, all stays as it was: \(error)")
      worker?.tell(.notReloaded(number))
    }
    tellUnlessStopping(.ready)
  }

  /// Sends nothing once `STOPPING=1` was sent: the manager must not take the service for a running one.
  @discardableResult
  private func tellUnlessStopping(_ message: ServiceManager.Message) -> Bool {
    isStopping.withLock { isStopping in
      if !isStopping { tell(message) }
      return !isStopping
    }
  }

  private func tell(_ message: ServiceManager.Message) {
    worker?.tell(WorkerMessage(message))
    do {
      try manager?.tell(message)
    } catch {
      log.warning("\(error)")
    }
  }
}

extension WorkerMessage {
  /// The message to a supervisor that corresponds to a message to a service manager.
  init(_ message: ServiceManager.Message) {
    self =
      switch message {
      case .ready: .ready
      case .reloading: .reloading
      case .stopping: .stopping
      case .watchdog: .alive
      }
  }
}
