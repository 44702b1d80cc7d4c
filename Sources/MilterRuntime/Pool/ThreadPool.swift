import Dispatch
import MilterSystem
import Synchronization

/// The threads that serve connections with work, and run the rest of suspended callbacks.
///
/// A connection gets a free thread, or a new one if there are few. Otherwise it waits for the next free thread,
/// and ``PoolGrowth`` allows more threads while callbacks block. Threads without work end after some time. One
/// always stays, so that connections are served even if the system has no more threads.
final class ThreadPool: Sendable {
  private struct State {
    var free: [PoolThread] = []
    var threads = 0
    /// The number of threads that stay with a busy connection, which do not count as a burst.
    var settled = 0
    var growth = PoolGrowth()
    /// Whether the pool is checked regularly, because work is waiting.
    var isWatched = false
    /// The maximum number of threads since free memory was last returned to the system.
    var mostThreads = 0
    /// Whether a thread is about to return free memory to the system.
    var isGivingBack = false
    /// Whether threads without work end at once.
    var isRetired = false
    /// Whether the system had no thread left at the last attempt.
    var isShort = false
    var waiting = WorkQueue()
    var load = ProcessorLoad()

    /// The maximum number of threads.
    var limit: Int

    /// What a thread does after it had no work for some time.
    enum Rest {
      /// Ends.
      case end
      /// Ends after it has returned free memory, because many threads have ended.
      case giveBack
      /// Waits until it gets work.
      case wait
    }

    /// Determines the rest of a thread, and removes it if it ends.
    mutating func rest(_ thread: PoolThread) -> Rest {
      // The last thread stays forever. A thread that is not in the list is about to get work, or
      // to end with the pool.
      guard threads > 1, let index = free.firstIndex(where: { $0 === thread }) else { return .wait }
      free.remove(at: index)
      threads -= 1
      growth.shrink(to: threads - settled)
      guard !isGivingBack, threads <= mostThreads / 2 else { return .end }
      isGivingBack = true
      return .giveBack
    }

    /// The number of threads that may be started now.
    var room: Int { min(limit, growth.allowed + settled) - threads }
  }

  private let state: SystemMutex<State>
  private let stackSize: Int
  private let signalMask: SignalMask
  private let crowded = Atomic<Bool>(false)
  private let full = Atomic<Bool>(false)
  private let counters: ServerCounters
  private let log: MilterLog
  /// Whether the log has the reason why there are no more threads.
  private let isShortageLogged = Atomic<Bool>(false)
  /// Checks the pool while work is waiting, and starts more threads.
  private let watch = EventThread()

  /// The time that a free thread is kept.
  private static let keepAlive = DispatchTimeInterval.seconds(1)
  /// The maximum number of threads whose state is read at once, because each takes a few microseconds.
  private static let sample = 64

  /// Creates a pool without threads.
  ///
  /// - Parameters:
  ///   - limit: The maximum number of threads.
  ///   - stackSize: The stack of each thread, in bytes.
  ///   - signalMask: The blocked signals of each thread. Programs that a callback starts would inherit the mask
  ///     of the starting threads.
  ///   - counters: The counters for the threads.
  ///   - log: The log for a lack of threads.
  init(
    limit: Int, stackSize: Int, signalMask: SignalMask, counters: ServerCounters, log: MilterLog
  ) {
    self.counters = counters
    state = SystemMutex(State(limit: max(1, limit)))
    self.stackSize = stackSize
    self.signalMask = signalMask
    self.log = log
  }

  /// Starts the thread that stays, and the one that starts others.
  ///
  /// - Throws: An error if the system has no thread left.
  func start() throws(ThreadError) {
    try watch.start(task: { [self] in look() })
    change { $0.threads += 1 }
    do {
      try startThread(PoolThread(nil))
    } catch {
      change { $0.threads -= 1 }
      throw error
    }
  }

  /// Changes the maximum number of threads; additional threads stay until they are free.
  func setLimit(_ limit: Int) { change { $0.limit = max(1, limit) } }

  /// Whether threads are scarce, so that none should wait for a silent connection.
  var isCrowded: Bool { crowded.load(ordering: .relaxed) }

  /// Whether no thread is left for the next connection, so that even a busy one should not keep its thread.
  var isFull: Bool { full.load(ordering: .relaxed) }

  private func change<Result>(_ body: (inout State) -> Result) -> Result {
    state.withLock { state in
      defer {
        state.mostThreads = max(state.mostThreads, state.threads)
        let busy = state.threads - state.free.count - state.settled
        // Half of the first threads may wait for a connection. The others are for new connections.
        let isFull = state.free.isEmpty && (state.threads >= state.limit || state.isShort)
        full.store(isFull, ordering: .relaxed)
        crowded.store(
          isFull || !state.waiting.isEmpty || busy >= PoolGrowth.prompt / 2, ordering: .relaxed)
      }
      return body(&state)
    }
  }

  /// The number of threads, and their states.
  var status: EngineStatus.Threads {
    state.withLock { state in
      EngineStatus.Threads(
        running: state.threads, free: state.free.count, limit: state.limit,
        waiting: state.waiting.count, isShort: state.isShort)
    }
  }

  /// Returns if connections can get threads.
  func probe() {
    state.withLock { _ in }
    watch.finishJobs()
  }

  /// Runs work on a thread.
  func run(_ work: any PoolWork) {
    enum Way {
      case wake(PoolThread)
      case start
      case wait
    }
    let way = change { state -> Way in
      if let thread = state.free.popLast() { return .wake(thread) }
      // If the system has no threads left, only the watch tries to start another one.
      if state.room > 0, !state.isShort {
        state.threads += 1
        return .start
      }
      wait(work, &state)
      return .wait
    }
    switch way {
    case .wake(let thread): thread.wake(for: work)
    case .wait: break
    case .start:
      do {
        try startThread(PoolThread(work))
      } catch {
        noThread(for: work, error)
      }
    }
  }

  private func wait(_ work: any PoolWork, _ state: inout State) {
    state.waiting.append(work)
    guard !state.isWatched else { return }
    state.isWatched = true
    state.growth.begin(taken: state.waiting.taken)
    watch.schedule(after: PoolGrowth.interval, every: PoolGrowth.interval)
  }

  /// Ends the threads without work at once, and the others when they are free.
  func retire() {
    let free = change { state -> [PoolThread] in
      state.isRetired = true
      defer { state.free = [] }
      state.threads -= state.free.count
      return state.free
    }
    for thread in free { thread.wake(for: nil) }
    watch.end()
  }

  // MARK: Connections that keep their threads

  /// Notes that the calling thread stays with a busy connection; another one may start in its place.
  func settle(_ counters: ThreadCounters?) {
    counters?.isSettled = true
    let isStarting = change { state -> Bool in
      state.settled += 1
      guard !state.waiting.isEmpty, !state.isShort, state.room > 0 else { return false }
      state.threads += 1
      return true
    }
    if isStarting { startThreads(1) }
  }

  /// Notes that the calling thread leaves such a connection.
  func unsettle(_ counters: ThreadCounters?) {
    counters?.isSettled = false
    change { $0.settled -= 1 }
  }

  // MARK: More threads

  /// Checks whether more threads are needed, and starts them.
  private func look() {
    let stuck = counters.findStuckThreads()
    let isStarved = mayGrow && Self.areStarved(stuck)
    let more = change { state -> Int in
      guard !state.waiting.isEmpty, !state.isRetired else {
        state.isWatched = false
        watch.unschedule()
        return 0
      }
      state.growth.look(
        at: PoolGrowth.Sight(
          threads: state.threads - state.settled - state.free.count, stuck: stuck.count,
          taken: state.waiting.taken, isBusy: state.load.isHigh() || isStarved))
      let more = max(0, min(state.room, state.waiting.count))
      state.threads += more
      return more
    }
    startThreads(more)
  }

  /// Whether the limit allows another thread.
  private var mayGrow: Bool { state.withLock { $0.threads < $0.limit } }

  /// Whether more threads than processors only wait for a processor.
  private static func areStarved(_ stuck: [ThreadCounters]) -> Bool {
    stuck.prefix(sample).count { $0.isRunnable } > ProcessorClock.processorCount
  }

  /// Starts threads that are already counted, and that take the waiting work.
  private func startThreads(_ count: Int) {
    for started in 0..<count {
      do {
        try startThread(PoolThread(nil))
      } catch {
        change { state in
          state.threads -= count - started
          state.isShort = true
        }
        return logShortage(error)
      }
    }
    // If the pool had no room for a thread, it is unknown whether the system can start one.
    if count > 0, state.withLock({ $0.isShort }) { change { $0.isShort = false } }
  }

  private func startThread(_ thread: PoolThread) throws(ThreadError) {
    try CallbackThread.start(stackSize: stackSize) { [self] in
      signalMask.apply()
      work(thread)
    }
  }

  /// Handles a lack of threads: an existing thread does the work when it is free.
  private func noThread(for work: any PoolWork, _ reason: ThreadError) {
    let free = change { state -> PoolThread? in
      state.threads -= 1
      state.isShort = true
      if let free = state.free.popLast() { return free }
      wait(work, &state)
      return nil
    }
    free?.wake(for: work)
    logShortage(reason)
  }

  private func logShortage(_ reason: ThreadError) {
    counters.count(.system)
    guard !isShortageLogged.exchange(true, ordering: .relaxed) else { return }
    log.error("\(reason); connections wait for the existing threads")
  }

  // MARK: On a thread of the pool

  private func work(_ thread: PoolThread) {
    let counters = counters.beginThread()
    defer { self.counters.endThread(counters) }
    let memory = PageMemory(size: ReceiveBuffer.lentSize)
    while let work = thread.take() ?? nextWork(for: thread) {
      work.serve(counting: counters, receivingInto: memory)
    }
  }

  /// Returns the next work for a free thread; `nil` if the thread must end.
  private func nextWork(for thread: PoolThread) -> (any PoolWork)? {
    enum Next {
      case work(any PoolWork)
      case wait
      case end
    }
    let next = change { state -> Next in
      if let work = state.waiting.popFirst() { return .work(work) }
      if state.isRetired {
        state.threads -= 1
        return .end
      }
      state.free.append(thread)
      return .wait
    }
    switch next {
    case .work(let work): return work
    case .end: return nil
    case .wait: break
    }
    if thread.wait(Self.keepAlive) { return thread.take() }
    switch change({ $0.rest(thread) }) {
    case .wait:
      thread.wait()
      return thread.take()
    case .giveBack: giveBackMemory(on: thread)
    case .end: break
    }
    return nil
  }

  /// Waits until the threads that end together with the calling one have ended, and returns free memory.
  ///
  /// The calling thread does not belong to the pool any more, so nothing wakes it. Returning the memory while 2,000
  /// threads end took 95 ms instead of half a millisecond, and missed the memory of those that ended later.
  private func giveBackMemory(on thread: PoolThread) {
    _ = thread.wait(Self.keepAlive)
    let isQuiet = change { state in
      state.isGivingBack = false
      // The load may be back.
      guard state.threads <= state.mostThreads / 2 else { return false }
      state.mostThreads = state.threads
      return true
    }
    if isQuiet { FreeMemory.giveBack() }
  }
}

extension ThreadPool: CallbackThreads {
  func run(_ job: UnownedJob, on executor: CallbackExecutor) {
    run(CallbackJob(job: job, executor: executor))
  }
}
