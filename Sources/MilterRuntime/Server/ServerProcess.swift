import MilterSystem

/// The process-wide tasks of a server: it waits for signals and a supervisor's commands, and reports to the
/// service manager or the supervisor.
///
/// A server that ``MilterServer/start()`` has started has none.
final class ServerProcess: Sendable {
  private let waiter: SignalWaiter
  private let manager: ServiceManager?
  private let worker: WorkerLink?
  private let log: MilterLog
  private let reload: (@Sendable () throws -> Void)?
  /// The thread that reloads the configuration, so that signals are handled during the reload.
  let reloads = EventThread()
  /// The number of the waiting reload, which includes all later requests; `nil` if none is waiting.
  ///
  /// It is the number of the supervisor's last request, or 0 if a signal requested it.
  private let waitingReload = SystemMutex<Int?>(nil)
  private let isStopping = SystemMutex(false)
  /// Whether the wait for messages in progress has ended.
  private let isHurried = SystemMutex(false)

  /// Blocks the signals in the calling thread, and so in all threads that are started later.
  ///
  /// - Parameters:
  ///   - log: The log for signals and failures.
  ///   - reload: Reloads the configuration on SIGHUP. If it is `nil`, as in libmilter, SIGHUP stops the server,
  ///     and the filter itself reports to the service manager.
  ///   - worker: The channel to the supervisor; `nil` without one.
  init(log: MilterLog, reload: (@Sendable () throws -> Void)?, worker: WorkerLink? = nil) {
    self.log = log
    self.worker = worker
    self.reload = reload
    let signals = reload == nil ? SignalMask.stopSignals : SignalMask.programSignals
    waiter = SignalWaiter(for: signals, restoresMask: reload != nil)
    manager = reload == nil ? nil : ServiceManager.found(log: log)
  }

  /// Starts the threads.
  ///
  /// - Parameter stackSize: The stack of the thread that reloads the configuration, in bytes.
  /// - Throws: An error if the system has no thread left.
  func start(stackSize: Int) throws(ThreadError) {
    if reload != nil { try reloads.start(stackSize: stackSize) }
  }

  /// Serves until ``finish()`` is called; must be called on the thread that created this object.
  ///
  /// - Parameters:
  ///   - engine: The engine.
  ///   - stop: Begins to stop, at once if its argument is `true`, and later calls ``finish()``.
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
        // A worker gets a signal to the process group twice, because its supervisor forwards it.
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
      log.error("lost the supervisor: \(error)")
      begin(stop, atOnce: false, engine, "no supervisor")
    }
  }

  /// Begins to stop, or ends the wait for messages in progress.
  ///
  /// - Returns: Whether this changed anything.
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
      log.error("the service manager was not notified: \(error)")
      return nil
    }
  }

  /// Reports once to the service manager that the server is about to end.
  ///
  /// - Returns: Whether this is the first call.
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

  /// Restores the signals without serving.
  func dismiss() {
    reloads.end()
    waiter.dismiss()
  }

  /// Schedules a reload of the configuration, unless one is already waiting.
  ///
  /// - Parameter number: The supervisor's number of the reload; 0 if a signal requested it.
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
      log.error("reloading failed, nothing has changed: \(error)")
      worker?.tell(.notReloaded(number))
    }
    tellUnlessStopping(.ready)
  }

  /// Sends nothing after `STOPPING=1`, because the manager would treat the service as running.
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
