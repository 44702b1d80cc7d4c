import Dispatch
import MilterSockets
import Synchronization

/// The threads that run connections with work to do.
///
/// A connection gets a free thread, or a new one as long as there are few. Beyond that it waits for
/// the next that gets free: most commands take microseconds, and a burst of connections must not make
/// a burst of threads. When nothing gets free, because callbacks block, ``PoolGrowth`` allows more.
/// Threads that found nothing to do for a while end. One stays, so that connections are served also
/// when the system has no more threads to give.
final class WorkerPool: Sendable {
  private struct State {
    var free: [Worker] = []
    var threads = 0
    /// Threads whose connections have one command after the other; they do not count as a burst.
    var settled = 0
    var growth = PoolGrowth()
    /// Most threads since free memory was given back to the system.
    var mostThreads = 0
    /// Whether threads that find nothing to do shall end at once.
    var isRetired = false
    /// Whether the system had no thread to give when it was asked last.
    var isShort = false
    var waiting = WaitingConnections()

    /// How many more threads may be started now.
    func room(_ limit: Int) -> Int { min(limit, growth.allowed + settled) - threads }
  }

  private let state = Mutex(State())
  private let limit: Int
  private let stackSize: Int
  private let signalMask: SignalMask
  private let crowded = Atomic<Bool>(false)
  private let full = Atomic<Bool>(false)
  private let counters: ServerCounters
  private let log: MilterLog
  /// Whether the log has the reason why there are no more threads.
  private let isShortageLogged = Atomic<Bool>(false)
  /// Wakes the thread that starts more threads.
  private let growing = DispatchSemaphore(value: 0)

  /// How long a free thread is kept.
  private static let keepAlive = DispatchTimeInterval.seconds(1)

  /// Makes a pool without threads.
  ///
  /// - Parameters:
  ///   - limit: most threads at a time.
  ///   - stackSize: the stack of each, in bytes.
  ///   - signalMask: the signals each has blocked; what Dispatch's threads have, which start them,
  ///     would be passed on to programs that a callback runs.
  ///   - counters: where threads count what they do.
  ///   - log: where a lack of threads goes.
  init(
    limit: Int, stackSize: Int, signalMask: SignalMask, counters: ServerCounters, log: MilterLog
  ) {
    self.counters = counters
    self.limit = max(1, limit)
    self.stackSize = stackSize
    self.signalMask = signalMask
    self.log = log
  }

  /// Starts the thread that stays, and the one that starts more.
  ///
  /// - Throws: ``MilterSockets/SocketError`` if the system has no thread to give.
  func start() throws(SocketError) {
    // Dispatch would block its caller while the system has no thread to give.
    try WorkerThread.start(runsCallbacks: false) { [self] in
      SignalMask.all.apply()
      while !state.withLock({ $0.isRetired }) {
        growing.wait()
        repeat { _ = growing.wait(timeout: .now() + PoolGrowth.interval) } while grow()
      }
    }
    change { $0.threads += 1 }
    if let reason = startThread(Worker(nil)) {
      change { $0.threads -= 1 }
      throw reason
    }
  }

  /// Whether threads are scarce, so that none should linger with a silent connection.
  var isCrowded: Bool { crowded.load(ordering: .relaxed) }

  /// Whether there will be no thread for the next connection, also if others wait for long.
  var isFull: Bool { full.load(ordering: .relaxed) }

  private func change<Result>(_ body: (inout State) -> Result) -> Result {
    state.withLock { state in
      defer {
        state.mostThreads = max(state.mostThreads, state.threads)
        let busy = state.threads - state.free.count - state.settled
        // Half of the first threads may linger; the others are there for those that come.
        crowded.store(
          !state.waiting.isEmpty || busy >= min(limit, PoolGrowth.prompt / 2),
          ordering: .relaxed)
        let isAtEnd = state.threads >= limit || state.isShort && !state.waiting.isEmpty
        full.store(state.free.isEmpty && isAtEnd, ordering: .relaxed)
      }
      return body(&state)
    }
  }

  /// Returns if connections can be given threads.
  func probe() { state.withLock { _ in } }

  /// Has a thread serve a connection.
  func run(_ connection: Connection) {
    enum Way {
      case wake(Worker)
      case start
      case wait(isFirst: Bool)
    }
    let way = change { state -> Way in
      if let worker = state.free.popLast() { return .wake(worker) }
      if state.room(limit) > 0 {
        state.threads += 1
        return .start
      }
      state.waiting.append(connection)
      return .wait(isFirst: state.growth.begin())
    }
    switch way {
    case .wake(let worker): worker.wake(for: connection)
    case .wait(let isFirst): if isFirst { growing.signal() }
    case .start:
      let worker = Worker(connection)
      if let reason = startThread(worker) { noThread(for: connection, reason) }
    }
  }

  /// Ends the threads that have nothing to do, and others as soon as that is so.
  func retire() {
    let free = change { state -> [Worker] in
      state.isRetired = true
      defer { state.free = [] }
      state.threads -= state.free.count
      return state.free
    }
    for worker in free { worker.wake(for: nil) }
    growing.signal()
  }

  // MARK: Connections that keep their threads

  /// A thread stays with a busy connection, and another may be started in its place.
  func settle() {
    let isStarting = change { state -> Bool in
      state.settled += 1
      guard !state.waiting.isEmpty, state.room(limit) > 0 else { return false }
      state.threads += 1
      return true
    }
    if isStarting { startThreads(1) }
  }

  /// The thread leaves such a connection.
  func unsettle() { change { $0.settled -= 1 } }

  // MARK: More threads

  /// Starts the threads that are allowed now.
  ///
  /// - Returns: whether connections wait, so that it is to be called again.
  private func grow() -> Bool {
    let (more, goesOn) = change { state -> (Int, Bool) in
      guard !state.waiting.isEmpty, !state.isRetired else {
        state.growth.end()
        return (0, false)
      }
      state.growth.look(at: state.threads - state.settled)
      let more = max(0, min(state.room(limit), state.waiting.count))
      state.threads += more
      return (more, true)
    }
    startThreads(more)
    return goesOn
  }

  /// Starts threads that are counted already; they take the connections that wait.
  private func startThreads(_ count: Int) {
    for started in 0..<count {
      guard let reason = startThread(Worker(nil)) else { continue }
      change { state in
        state.threads -= count - started
        state.isShort = true
      }
      return logShortage(reason)
    }
  }

  /// - Returns: why there is no thread; nil if there is one.
  private func startThread(_ worker: Worker) -> SocketError? {
    do throws(SocketError) {
      try WorkerThread.start(stackSize: stackSize) { [self] in
        signalMask.apply()
        work(worker)
      }
      if state.withLock({ $0.isShort }) { change { $0.isShort = false } }
      return nil
    } catch {
      return error
    }
  }

  /// The system gives no more threads: one of ours takes the connection when it is free.
  private func noThread(for connection: Connection, _ reason: SocketError) {
    let (free, isFirst) = change { state -> (Worker?, Bool) in
      state.threads -= 1
      state.isShort = true
      if let free = state.free.popLast() { return (free, false) }
      state.waiting.append(connection)
      return (nil, state.growth.begin())
    }
    free?.wake(for: connection)
    // There may be threads again before one of ours is free.
    if isFirst { growing.signal() }
    logShortage(reason)
  }

  private func logShortage(_ reason: SocketError) {
    guard !isShortageLogged.exchange(true, ordering: .relaxed) else { return }
    log.error("\(reason); connections wait for the threads that there are")
  }

  // MARK: On a thread of the pool

  private func work(_ worker: Worker) {
    let counters = counters.beginThread()
    defer { self.counters.endThread(counters) }
    var hasServed = false
    while let connection = worker.take() ?? nextConnection(for: worker, hasServed: hasServed) {
      connection.serve(counting: counters)
      hasServed = true
    }
  }

  /// The next connection for a thread that got free; nil if it shall end.
  private func nextConnection(for worker: Worker, hasServed: Bool) -> Connection? {
    enum Next {
      case serve(Connection)
      case wait
      case end
    }
    let next = change { state -> Next in
      if hasServed { state.growth.noteProgress() }
      if let connection = state.waiting.popFirst() { return .serve(connection) }
      if state.isRetired {
        state.threads -= 1
        return .end
      }
      state.free.append(worker)
      return .wait
    }
    switch next {
    case .serve(let connection): return connection
    case .end: return nil
    case .wait: break
    }
    if worker.wait(Self.keepAlive) { return worker.take() }
    var isQuiet = false
    let isEnding = change { state -> Bool in
      // The last one stays for good.
      guard state.threads > 1, let index = state.free.firstIndex(where: { $0 === worker }) else {
        return false
      }
      state.free.remove(at: index)
      state.threads -= 1
      state.growth.shrink(to: state.threads - state.settled)
      isQuiet = state.threads <= state.mostThreads / 2
      if isQuiet { state.mostThreads = state.threads }
      return true
    }
    if isEnding {
      // Each time only half of the threads are left, a dozen times after the highest load.
      if isQuiet { FreeMemory.giveBack() }
      return nil
    }
    // It is the last one, or somebody has just chosen it and is about to wake it.
    worker.wait()
    return worker.take()
  }
}
