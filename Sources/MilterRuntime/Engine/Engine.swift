import Dispatch
import MilterSystem
import Synchronization

/// A running server: its listeners, its connections, and their threads.
///
/// The engine is created when the server starts, so that a program can fork before that.
package final class Engine: Sendable {
  /// The configuration with which the server was started.
  let configuration: MilterConfiguration
  private let currentSettings: SystemMutex<ConnectionSettings>
  /// The shortest check interval of all connections so far.
  private let interval: SystemMutex<Duration>
  let makeHandler: @Sendable () -> any SessionHandler
  let pool: ThreadPool
  /// Wakes the connections without a thread.
  let idle: IdleConnections
  let counters: ServerCounters
  /// The thread that checks time limits.
  private let upkeep = EventThread()
  /// Stops the server, even if the system has no more threads.
  private let stopper = EventThread()
  /// The server's name in the log.
  let name: String
  /// Counts connections without milter commands, for the log.
  let strangers: Strangers
  /// The limits of log lines that peers can cause.
  private let lineLimits: LineLimits

  let listeners: [Listener]
  /// The sockets of the server, as socket specifications.
  let addresses: [String]
  private let metrics: MetricsFile?
  /// Serves the statistics and the status.
  let pages: ServerPages
  private let connections = ConnectionTable()
  private let stopping = Atomic<Bool>(false)
  /// Whether everything has ended.
  ///
  /// A second thread that stops the server waits for the last line of the log.
  private let isOver = SystemMutex(false)
  /// Entered by every connection, and left when it has ended.
  private let alive = DispatchGroup()
  /// The time to wait for messages in progress.
  private let drainTime = DrainTime()
  /// Whether no more connections arrive, so that the end of the last one ends the drain time.
  private let isClosed = Atomic<Bool>(false)

  /// Creates an engine, which does not accept connections yet.
  ///
  /// - Throws: An error if the system has no descriptor left.
  init(
    _ sockets: OpenSockets, _ configuration: MilterConfiguration, counters: ServerCounters,
    makeHandler: @escaping @Sendable () -> any SessionHandler
  ) throws {
    addresses = sockets.mail.map { "\($0.localAddress)" }
    name = "milter on " + addresses.joined(separator: ", ")
    strangers = Strangers(name, configuration.log)
    lineLimits = LineLimits(name, configuration.log)
    var configuration = configuration
    configuration.log.limits = lineLimits
    self.configuration = configuration
    self.makeHandler = makeHandler
    self.counters = counters
    metrics = configuration.metrics.map { MetricsFile($0, counters, log: configuration.log) }
    let settings = ConnectionSettings(configuration)
    currentSettings = SystemMutex(settings)
    interval = SystemMutex(settings.interval)
    pool = ThreadPool(
      limit: configuration.maxThreads, stackSize: configuration.stackSize,
      signalMask: SignalMask.current, counters: counters, log: configuration.log)
    idle = try IdleConnections()
    pages = try ServerPages(sockets)
    listeners = try sockets.mail.map {
      try Listener($0, counters: counters, log: configuration.log)
    }
  }

  /// Starts accepting connections.
  ///
  /// This method starts all threads that the server cannot work without.
  /// - Throws: An error if the system has no threads left; then stop the engine.
  func start() throws {
    try stopper.start()
    try pool.start()
    try idle.start { [connections] in connections[$0]?.wake() }
    try upkeep.start(task: { [weak self] in self?.sweep() })
    schedule()
    try metrics?.start()
    try pages.start(
      configuration, counters: counters, isDraining: { [weak self] in self?.isStopping ?? true },
      report: { [weak self] in self?.report(of: $0) })
    for listener in listeners {
      // A listener retains the engine until it is closed. So a program need not retain a server that it
      // started, and an MTA that connects always gets an answer.
      try listener.start(hasRoom: { self.hasRoom }, accepted: { self.accepted($0) })
    }
  }

  /// Logs the sockets; must be called without a lock that the log's closure may need.
  func logListeners() {
    for listener in listeners { configuration.log.notice("listening on \(listener.spec)") }
    pages.logListeners(in: configuration.log)
  }

  /// Schedules the checks of connections, more frequently while the server stops.
  func schedule() {
    var interval = interval.withLock { $0 }
    if isStopping { interval = min(interval, .milliseconds(100)) }
    let first = isStopping ? .zero : interval
    upkeep.schedule(after: first, every: interval)
  }

  /// Accepts no more connections, and shuts the remaining ones down after a time.
  ///
  /// Until then, messages are handled, and connections between messages stay until they have been silent for a
  /// second.
  /// - Returns: The number of connections whose callbacks did not return.
  func stop(drain: Duration) -> Int {
    stopping.store(true, ordering: .sequentiallyConsistent)
    for listener in listeners { listener.close(leavingFile: configuration.leavesSocketFiles()) }
    // Connections that were accepted before the listeners closed are then registered, and the ports are free.
    for listener in listeners { listener.waitUntilClosed() }
    isClosed.store(true, ordering: .sequentiallyConsistent)
    schedule()
    if connections.count == 0 { drainTime.end() }
    drainTime.wait(atMost: drain)
    for connection in connections.all { connection.cut() }
    // Callbacks that are about to return may do so. As long as connections end, others may end soon.
    var left = connections.count
    while alive.wait(timeout: .now() + Self.grace.dispatch) == .timedOut, connections.count < left {
      left = connections.count
    }
    left = connections.count
    isOver.withLock { isOver in
      guard !isOver else { return }
      isOver = true
      upkeep.end()
      // Its findings must be logged before the last line.
      upkeep.waitUntilEnded(atMost: .seconds(1))
      if left > 0 {
        configuration.log.error("\(left) connections have callbacks that did not return")
      }
      stopper.end()
      pool.retire()
      metrics?.stop()
      pages.stop()
      strangers.writeNow()
      lineLimits.writeNow()
      configuration.log.notice("stopped")
    }
    return left
  }

  /// The time that the callbacks of closed connections have to return: the drain time is exceeded by at most a
  /// tenth of a second.
  static let grace = Duration.milliseconds(75)

  /// Ends the wait of ``stop(drain:)`` for messages in progress.
  func hurry() { drainTime.limit(to: .zero) }

  /// Stops the server on an existing thread.
  ///
  /// - Parameters:
  ///   - drain: The maximum time to wait for messages in progress, even if the server is already stopping.
  ///   - stop: Stops the server.
  func requestStop(drain: Duration, _ stop: @escaping @Sendable () -> Void) {
    drainTime.limit(to: drain)
    stopper.perform(stop)
  }

  /// Uses the locks and threads that every connection needs; it returns only if none is stuck.
  func probe() {
    upkeep.finishJobs()
    _ = connections.count
    pool.probe()
    idle.probe()
    for listener in listeners { listener.probe() }
  }

  /// Serves a connected socket.
  func accepted(_ socket: Socket) {
    let settings = settings
    do {
      try socket.setReceiveTimeout(milliseconds: settings.linger)
    } catch {
      counters.countRefusal()
      counters.count(.system)
      configuration.log.put(.warning, .closed, "closing a connection: \(error)")
      return
    }
    let connection = Connection(
      socket, number: counters.beginConnection(), settings: settings, engine: self)
    alive.enter()
    connections[connection.number] = connection
    connection.queue()
  }

  // MARK: Settings

  /// The settings for new connections.
  var settings: ConnectionSettings { currentSettings.withLock { $0 } }

  /// Sets the settings of later connections.
  func take(_ settings: ConnectionSettings) {
    interval.withLock { $0 = min($0, settings.interval) }
    currentSettings.withLock { $0 = settings }
  }

  // MARK: Questions and reports of connections

  /// The current connections.
  var currentConnections: [Connection] { connections.all }

  var isStopping: Bool { stopping.load(ordering: .relaxed) }

  func ended(_ connection: Connection) {
    connections[connection.number] = nil
    counters.endConnection()
    alive.leave()
    if isClosed.load(ordering: .sequentiallyConsistent), connections.count == 0 {
      drainTime.end()
    }
    // There is room again, and a descriptor.
    for listener in listeners { listener.resume() }
  }

  private var hasRoom: Bool {
    guard let limit = settings.configuration.maxConnections else { return true }
    return connections.count < limit
  }

  /// Checks for callbacks that exceed their time, and for connections that are silent for too long.
  private func sweep() {
    let now = CoarseClock.nanoseconds
    for connection in connections.all {
      if connection.watch?.look(at: now) ?? false { connection.cancelOverdue() }
      if connection.hasExpired {
        connection.wake()
      } else if isStopping {
        connection.wakeToEnd()
      }
    }
    strangers.writeIfDue()
    lineLimits.writeIfDue()
  }
}
