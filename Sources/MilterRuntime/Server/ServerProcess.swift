import MilterPlatform
import MilterSystem
import Synchronization

/// What a server does that has the process to itself: it waits for signals, and reports to the service
/// manager.
///
/// A server that was embedded by ``MilterServer/start()`` has none.
final class ServerProcess: Sendable {
  private let waiter: SignalWaiter
  private let manager: ServiceManager?
  private let log: MilterLog
  private let reload: (@Sendable () throws -> Void)?
  /// Where the configuration is read again, so that signals are still heard meanwhile.
  let reloads = EventThread()
  /// Whether a reload waits for its turn: it will read what any later one would.
  private let isReloadWaiting = Mutex(false)
  private let isStopping = Mutex(false)

  /// Blocks the signals in the calling thread, and so in all that are started after it.
  ///
  /// - Parameters:
  ///   - log: where signals and failures go.
  ///   - reload: reads the configuration again, on SIGHUP. Nil is libmilter's way: SIGHUP stops the
  ///     server, and what the service manager hears is the filter's business.
  init(log: MilterLog, reload: (@Sendable () throws -> Void)?) {
    self.log = log
    self.reload = reload
    let numbers = reload == nil ? SignalMask.stopNumbers : SignalMask.programNumbers
    waiter = SignalWaiter(for: numbers, restoresMask: reload != nil)
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
  ///   - stop: begins to stop, at once if so said, and has ``finish()`` called in the end.
  func serve(_ engine: Engine, stop: (_ isAtOnce: Bool) -> Void) {
    let watchdog = watchdog(engine)
    defer {
      watchdog?.cancel()
      reloads.end()
    }
    tell(.ready)
    var isHurried = false
    waiter.wait { number in
      if number == SIGUSR1 {
        engine.logConnections()
      } else if number == SIGHUP, let reload {
        reloadLater(reload)
      } else if willStop() {
        let isAtOnce = number == SIGINT
        log.notice("signal \(number): stopping" + (isAtOnce ? " at once" : ""))
        isHurried = isAtOnce
        stop(isAtOnce)
      } else if !isHurried {
        isHurried = true
        log.notice("signal \(number): stopping at once")
        engine.hurry()
      }
    }
  }

  private func watchdog(_ engine: Engine) -> Watchdog? {
    do {
      return try manager.flatMap { try Watchdog($0, engine) { self.tell(.watchdog) } }
    } catch {
      log.error("no word to the service manager: \(error)")
      return nil
    }
  }

  /// Tells the service manager, once, that the server is about to end.
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
  func reloadLater(_ reload: @escaping @Sendable () throws -> Void) {
    let isNew = isReloadWaiting.withLock { isWaiting in
      defer { isWaiting = true }
      return !isWaiting
    }
    guard isNew else { return }
    reloads.perform {
      self.isReloadWaiting.withLock { $0 = false }
      self.run(reload)
    }
  }

  private func run(_ reload: () throws -> Void) {
    guard tellUnlessStopping(.reloading) else { return }
    do {
      try reload()
      log.notice("reloaded")
    } catch {
      log.error("reloading failed, all stays as it was: \(error)")
    }
    tellUnlessStopping(.ready)
  }

  /// Once it was told that the service stops, the manager must not take it for a running one.
  @discardableResult
  private func tellUnlessStopping(_ message: ServiceManager.Message) -> Bool {
    isStopping.withLock { isStopping in
      if !isStopping { tell(message) }
      return !isStopping
    }
  }

  private func tell(_ message: ServiceManager.Message) {
    do {
      try manager?.tell(message)
    } catch {
      log.warning("\(error)")
    }
  }
}
