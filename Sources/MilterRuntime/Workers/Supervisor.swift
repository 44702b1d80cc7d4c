import MilterSystem

/// A process that opens a filter's sockets, and starts workers that serve them: processes of the same program.
///
/// It runs no callbacks of the filter and reads nothing from an MTA, so a message that crashes a worker does
/// not end the service. A worker that ends is started again; see ``RestartPolicy``.
package final class Supervisor: Sendable {
  private let configuration: MilterConfiguration
  private let log: MilterLog
  private let sockets: OpenSockets
  private let waiter: SignalWaiter
  private let thread: EventThread
  private let fleet: SystemMutex<WorkerFleet>

  /// The maximum time to wait for the workers' answers.
  private static let patience = Duration.seconds(1)

  /// Opens the sockets, and blocks the signals in the calling thread.
  ///
  /// - Parameters:
  ///   - sockets: The sockets for MTAs.
  ///   - configuration: The server's configuration.
  ///   - plan: The workers to start.
  /// - Throws: ``SocketError`` if a socket cannot be opened.
  package init(
    sockets: [String], configuration: MilterConfiguration, plan: SupervisorPlan
  ) throws {
    StandardDescriptors.fill()
    let signalMask = SignalMask.current
    waiter = SignalWaiter(for: SignalMask.supervisorSignals, restoresMask: true)
    let log = configuration.log
    self.log = log
    self.configuration = configuration
    var open: OpenSockets?
    do {
      try configuration.metrics?.check()
      let sockets = try OpenSockets(sockets.map { try SocketSpec($0) }, configuration)
      open = sockets
      self.sockets = sockets
      let readiness = try Readiness()
      thread = try EventThread(waitingFor: readiness)
      let manager = ServiceManager.found(log: log)
      fleet = SystemMutex(
        WorkerFleet(
          plan, sockets, readiness, log: log, drain: configuration.drain, signalMask: signalMask
        ) { message in
          do {
            try manager?.tell(message)
          } catch {
            log.warning("\(error)")
          }
        })
    } catch {
      open?.close(leavingFiles: false)
      waiter.dismiss()
      throw error
    }
  }

  /// Closes the sockets of a supervisor that does not run, and unblocks the signals.
  ///
  /// Must be called on the thread that created the supervisor.
  package func close() {
    sockets.close(leavingFiles: false)
    waiter.dismiss()
  }

  /// Starts the workers, and returns when all have ended.
  ///
  /// SIGTERM, SIGINT, SIGUSR1, and SIGHUP affect all workers as they affect a server; a reload goes from worker
  /// to worker. SIGUSR2 replaces one worker after the other with one that runs the current file of the program.
  ///
  /// - Returns: The exit status for the program; that of the first worker if it ended before it served.
  /// - Throws: An error if the system has no thread left.
  package func run() throws -> Int32 {
    do {
      return try serve()
    } catch {
      waiter.dismiss()
      throw error
    }
  }

  private func serve() throws -> Int32 {
    defer { sockets.close(leavingFiles: false) }
    try thread.start(
      ready: { [self] turn in step { $0.received(from: turn) } },
      task: { [self] in step { $0.tick() } })
    defer {
      thread.end()
      thread.waitUntilEnded()
    }
    let file = configuration.metrics.map { MetricsFile($0, self, log: log) }
    let pages = try ServerPages(sockets)
    defer { pages.stop() }
    try pages.start(
      configuration, counters: self, isDraining: { [weak self] in self?.isDraining ?? true },
      report: { [weak self] in self?.report(of: $0) })
    pages.logListeners(in: log)
    try file?.start()
    defer { file?.stop() }
    thread.schedule(after: WorkerFleet.interval, every: .milliseconds(100))
    thread.perform { [self] in step { $0.begin() } }
    waiter.wait { [self] signal in
      thread.perform { [self] in step { $0.signal(signal) } }
    }
    log.notice("stopped")
    return fleet.withLock { $0.status }
  }

  /// Whether no worker serves, or all of them must stop.
  private var isDraining: Bool {
    fleet.withLock { $0.phase != .serving || $0.servingCount == 0 }
  }

  /// Returns the status of all workers.
  private func report(of filter: String) -> StatusReport {
    answers(to: { .status($0) }) { $0.report(of: $1, filter: filter) }
  }

  /// Asks all serving workers, waits for their answers, and reads the answers from the fleet.
  ///
  /// - Parameters:
  ///   - command: Creates the command with a question's number.
  ///   - read: Reads the answers to the question with the number.
  /// - Returns: The result of `read`.
  private func answers<Value: Sendable>(
    to command: (Int) -> WorkerCommand, _ read: (WorkerFleet, Int) -> Value
  ) -> Value {
    let (replies, number) = fleet.withLock { $0.ask(command) }
    replies.wait(Self.patience)
    return fleet.withLock { fleet in
      defer { fleet.forget(number) }
      return read(fleet, number)
    }
  }

  private func step(_ body: @Sendable (inout WorkerFleet) -> Void) {
    let isOver = fleet.withLock { fleet in
      body(&fleet)
      return fleet.isOver
    }
    if isOver { waiter.finish() }
  }
}

extension Supervisor: StatisticsSource {
  /// The counters of all workers.
  var snapshot: MilterStatistics {
    answers(to: { .statistics($0) }) { fleet, _ in
      var statistics = fleet.totals.statistics
      statistics.workers = fleet.servingCount
      return statistics
    }
  }
}
