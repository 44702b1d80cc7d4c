import Dispatch
import Synchronization

/// The threads that run connections with work to do, and what is left of callbacks that suspended.
///
/// A connection gets a free thread, or a new one up to the limit; beyond that it waits for the next
/// that gets free. Threads that found nothing to do for a while end.
final class WorkerPool: Sendable {
  private struct State {
    var free: [Worker] = []
    var threads = 0
    /// Most threads since free memory was given back to the system.
    var mostThreads = 0
    /// Whether threads that find nothing to do shall end at once.
    var isRetired = false
    /// Connections waiting for a thread; those before `next` are gone.
    var waiting: [(any PoolWork)?] = []
    var next = 0
  }

  private let state = Mutex(State())
  private let limit: Int
  private let stackSize: Int
  private let signalMask: SignalMask
  private let crowded = Atomic<Bool>(false)
  private let counters: ServerCounters

  /// How long a free thread is kept.
  private static let keepAlive = DispatchTimeInterval.seconds(5)

  /// Makes a pool without threads.
  ///
  /// - Parameters:
  ///   - limit: most threads at a time.
  ///   - stackSize: the stack of each, in bytes.
  ///   - signalMask: the signals each has blocked; what Dispatch's threads have, which start them,
  ///     would be passed on to programs that a callback runs.
  ///   - counters: where threads count what they do.
  init(limit: Int, stackSize: Int, signalMask: SignalMask, counters: ServerCounters) {
    self.counters = counters
    self.limit = max(1, limit)
    self.stackSize = stackSize
    self.signalMask = signalMask
  }

  /// Whether there is no thread for the next connection, so that none should linger with a silent
  /// one.
  var isCrowded: Bool { crowded.load(ordering: .relaxed) }

  private func change<Result>(_ body: (inout State) -> Result) -> Result {
    state.withLock { state in
      defer {
        state.mostThreads = max(state.mostThreads, state.threads)
        let isFull = state.free.isEmpty && state.threads >= limit
        crowded.store(isFull || state.next < state.waiting.count, ordering: .relaxed)
      }
      return body(&state)
    }
  }

  /// Returns if connections can be given threads.
  func probe() { state.withLock { _ in } }

  /// Has a thread serve a connection.
  func run(_ connection: any PoolWork) {
    enum Way {
      case wake(Worker)
      case start
      case wait
    }
    let way = change { state -> Way in
      if let worker = state.free.popLast() { return .wake(worker) }
      if state.threads < limit {
        state.threads += 1
        return .start
      }
      state.waiting.append(connection)
      return .wait
    }
    switch way {
    case .wake(let worker): worker.wake(for: connection)
    case .wait: break
    case .start:
      let worker = Worker(connection)
      let isStarted = WorkerThread.start(stackSize: stackSize) { [self] in
        signalMask.apply()
        work(worker)
      }
      if !isStarted { noThread(for: connection, worker) }
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
  }

  /// The system gives no more threads: take one of ours that got free meanwhile, or wait for one;
  /// without any, borrow one of Dispatch's, which works like ours until nothing is left to do.
  private func noThread(for connection: any PoolWork, _ worker: Worker) {
    enum Way {
      case wake(Worker)
      case borrow
      case wait
    }
    let way = change { state -> Way in
      if state.threads == 1 { return .borrow }
      state.threads -= 1
      if let free = state.free.popLast() { return .wake(free) }
      state.waiting.append(connection)
      return .wait
    }
    switch way {
    case .wake(let free): free.wake(for: connection)
    case .borrow: DispatchQueue.global().async { [self] in work(worker) }
    case .wait: break
    }
  }

  private func dequeue(_ state: inout State) -> (any PoolWork)? {
    guard state.next < state.waiting.count else { return nil }
    let connection = state.waiting[state.next]
    state.waiting[state.next] = nil
    state.next += 1
    // Now and then, so that the cost stays linear and a queue that is never empty does not grow.
    if state.next * 2 > state.waiting.count {
      state.waiting.removeFirst(state.next)
      state.next = 0
    }
    return connection
  }

  private func work(_ worker: Worker) {
    let counters = counters.beginThread()
    defer { self.counters.endThread(counters) }
    while let connection = worker.take() ?? nextConnection(for: worker) {
      connection.serve(counting: counters)
    }
  }

  /// The next connection for a thread that got free; nil if it shall end.
  private func nextConnection(for worker: Worker) -> (any PoolWork)? {
    enum Next {
      case serve(any PoolWork)
      case wait
      case end
    }
    let next = change { state -> Next in
      if let connection = dequeue(&state) { return .serve(connection) }
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
      guard let index = state.free.firstIndex(where: { $0 === worker }) else { return false }
      state.free.remove(at: index)
      state.threads -= 1
      isQuiet = state.threads <= state.mostThreads / 2
      if isQuiet { state.mostThreads = state.threads }
      return true
    }
    if isEnding {
      // Each time only half of the threads are left, a dozen times after the highest load.
      if isQuiet { FreeMemory.giveBack() }
      return nil
    }
    // Somebody has just chosen this thread and is about to wake it.
    worker.wait()
    return worker.take()
  }
}

extension WorkerPool: CallbackThreads {
  func run(_ job: UnownedJob, on executor: CallbackExecutor) {
    run(CallbackJob(job: job, executor: executor))
  }
}

/// What is left of a callback that suspended.
private final class CallbackJob: PoolWork {
  private let job: UnownedJob
  private let executor: CallbackExecutor

  init(job: UnownedJob, executor: CallbackExecutor) {
    self.job = job
    self.executor = executor
  }

  func serve(counting counters: ThreadCounters) {
    job.runSynchronously(on: executor.asUnownedTaskExecutor())
  }
}

/// A thread of the pool: a place for the connection it shall serve next, and a bell.
private final class Worker: Sendable {
  private let bell = DispatchSemaphore(value: 0)
  private let connection: Mutex<(any PoolWork)?>

  init(_ connection: any PoolWork) { self.connection = Mutex(connection) }

  func wake(for next: (any PoolWork)?) {
    connection.withLock { $0 = next }
    bell.signal()
  }

  func take() -> (any PoolWork)? {
    connection.withLock { connection in
      defer { connection = nil }
      return connection
    }
  }

  func wait() { bell.wait() }

  /// - Returns: whether the bell rang in time.
  func wait(_ interval: DispatchTimeInterval) -> Bool {
    bell.wait(timeout: .now() + interval) == .success
  }
}
