import Dispatch
import MilterSystem
import Synchronization

/// A running server: its listeners, its connections, and the threads that serve them.
///
/// It is made when a server starts and not before, so that a program can fork until then.
package final class Engine: Sendable {
  /// How the server was started.
  let configuration: MilterConfiguration
  private let currentSettings: SystemMutex<ConnectionSettings>
  /// The shortest interval at which any connection ever had to be looked at.
  private let interval: SystemMutex<Duration>
  let makeHandler: @Sendable () -> any SessionHandler
  let pool: WorkerPool
  /// Wakes the connections that have no thread.
  let idle: IdleConnections
  let counters: ServerCounters
  /// Looks after time limits.
  private let upkeep = EventThread()
  /// Stops the server, also when the system has no more threads to give.
  private let stopper = EventThread()
  /// The server's name in the log.
  let name: String
  /// Connections that came to nothing, for the log.
  let strangers: Strangers
  /// Lines of the log that peers can cause.
  private let lineLimits: LineLimits

  let listeners: [Listener]
  /// The sockets where it listens, as socket specifications.
  let addresses: [String]
  private let metrics: MetricsFile?
  let metricsListener: PageListener?
  /// Answers what the server does.
  let controlListener: PageListener?
  private let connections = ConnectionTable()
  private let stopping = Atomic<Bool>(false)
  /// Whether all is over; a thread that stops the server as well waits for the last line of the log.
  private let isOver = SystemMutex(false)
  /// Entered by every connection, left when it ended.
  private let alive = DispatchGroup()
  /// How long messages under way are waited for.
  private let drainTime = DrainTime()
  /// Whether no connection comes any more, so that the last one that ends ends the drain time.
  private let isClosed = Atomic<Bool>(false)

  /// Makes an engine, which does not accept yet.
  ///
  /// - Throws: if the system has no descriptor to give.
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
    pool = WorkerPool(
      limit: configuration.maxThreads, stackSize: configuration.stackSize,
      signalMask: SignalMask.current, counters: counters, log: configuration.log)
    idle = try IdleConnections()
    metricsListener = try sockets.metrics.map { try PageListener($0) }
    controlListener = try sockets.control.map { try PageListener($0) }
    listeners = try sockets.mail.map { try Listener($0, log: configuration.log) }
  }

  /// Begins to accept connections.
  ///
  /// All threads are started here that the server cannot do without.
  /// - Throws: if the system has no threads to give; then stop the engine.
  func start() throws {
    try stopper.start()
    try pool.start()
    try idle.start { [connections] in connections[$0]?.wake() }
    try upkeep.start(task: { [weak self] in self?.sweep() })
    schedule()
    try metrics?.start()
    try startPages()
    for listener in listeners {
      // A listener keeps the engine alive until it is closed: a program need not hold on to a
      // server that it started, and an MTA that connects is never left without answer.
      try listener.start(hasRoom: { self.hasRoom }, accepted: { self.accepted($0) })
    }
  }

  private func startPages() throws {
    let metrics = MetricsPages(
      filter: configuration.metricsListener?.filter ?? "", counters: counters
    ) { [weak self] in self?.isStopping ?? true }
    try metricsListener?.start(page: metrics.page)
    let filter = configuration.control?.filter ?? ""
    try controlListener?.start(page: StatusPages { [weak self] in self?.report(of: filter) }.page)
  }

  /// Logs where it listens; to be called without a lock that the log's closure may want.
  func logListeners() {
    for listener in listeners { configuration.log.notice("listening on \(listener.spec)") }
    if let metricsListener {
      configuration.log.notice("serving metrics on \(metricsListener.address)")
    }
    if let controlListener {
      configuration.log.notice("answering milter status on \(controlListener.address)")
    }
  }

  /// Has the connections looked after, more often while the server stops.
  func schedule() {
    var interval = interval.withLock { $0 }
    if isStopping { interval = min(interval, .milliseconds(100)) }
    let first = isStopping ? .zero : interval
    upkeep.schedule(after: first, every: interval)
  }

  /// Accepts no more, and cuts off what is left after a time.
  ///
  /// Until then messages are worked on, and connections between messages stay until they have been
  /// silent for a second.
  /// - Returns: how many connections were left, because their callbacks did not return.
  func stop(drain: Duration) -> Int {
    stopping.store(true, ordering: .sequentiallyConsistent)
    for listener in listeners { listener.close(leavingFile: configuration.leavesSocketFiles()) }
    // What was accepted before the listeners closed is registered then, and the ports are free.
    for listener in listeners { listener.waitUntilClosed() }
    isClosed.store(true, ordering: .sequentiallyConsistent)
    schedule()
    if connections.count == 0 { drainTime.end() }
    drainTime.wait(atMost: drain)
    for connection in connections.all { connection.cut() }
    // Callbacks that are about to return may do so, and as long as connections end, others may.
    var left = connections.count
    while alive.wait(timeout: .now() + Self.grace.dispatch) == .timedOut, connections.count < left {
      left = connections.count
    }
    left = connections.count
    isOver.withLock { isOver in
      guard !isOver else { return }
      isOver = true
      upkeep.end()
      // What it has found goes to the log before the last line does.
      upkeep.waitUntilEnded(atMost: .seconds(1))
      if left > 0 {
        configuration.log.error("\(left) connections have callbacks that did not return")
      }
      stopper.end()
      pool.retire()
      metrics?.stop()
      metricsListener?.stop()
      controlListener?.stop()
      strangers.writeNow()
      lineLimits.writeNow()
      configuration.log.notice("stopped")
    }
    return left
  }

  /// How long callbacks have to return whose connections were cut off: the drain time is kept to the
  /// tenth of a second.
  static let grace = Duration.milliseconds(75)

  /// Has ``stop(drain:)`` wait no longer for messages under way.
  func hurry() { drainTime.limit(to: .zero) }

  /// Has the server stopped by a thread that is there already.
  ///
  /// - Parameters:
  ///   - drain: how long to wait at most for messages under way, also if the server is stopping.
  ///   - stop: stops the server.
  func requestStop(drain: Duration, _ stop: @escaping @Sendable () -> Void) {
    drainTime.limit(to: drain)
    stopper.perform(stop)
  }

  /// Goes through the locks and threads that every connection needs; it returns only if none is
  /// stuck.
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
      try socket.setReceiveTimeout(
        milliseconds: max(1, settings.configuration.linger.milliseconds))
    } catch {
      counters.countRefusal()
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

  /// Has connections that come from now on keep to others.
  func take(_ settings: ConnectionSettings) {
    interval.withLock { $0 = min($0, settings.interval) }
    currentSettings.withLock { $0 = settings }
  }

  // MARK: Questions and reports of connections

  /// The connections at this moment.
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

  /// Looks for callbacks that run for too long, and connections that are silent for too long.
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
