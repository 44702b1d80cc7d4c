import MilterSystem

/// Runs what is left of a callback that suspended: the task executor of one connection.
///
/// A callback begins on the connection's thread. If it suspends, what comes after is held here until
/// that thread has left the connection, and goes to the threads of the pool then. So a callback and
/// the connection's thread never work on the connection at the same time.
///
/// Child tasks of a callback also run here, possibly at the same time.
package final class CallbackExecutor: TaskExecutor {
  private struct State {
    /// Jobs that wait until the connection's thread has left; nil if it has.
    var held: [UnownedJob]? = []
    /// The task of the callback that is suspended.
    var task: Task<Void, Never>?
    /// The work to do after that has ended.
    var resume: (@Sendable () -> Void)?
    var isCanceled = false
    /// How many tasks began.
    var count = 0
  }
  private let state = SystemMutex(State())
  private let threads: any CallbackThreads

  package init(_ threads: any CallbackThreads) { self.threads = threads }

  /// Whether the caller belongs to a callback, which waits for it: as its task, or as a child of that.
  ///
  /// A task that a callback makes without waiting for it, such as one by `Task {}`, inherits the callback's
  /// log, but no preference for an executor.
  static var isCurrent: Bool {
    MilterLog.current.subject != nil && withUnsafeCurrentTask { $0?.unownedTaskExecutor } != nil
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isHeld = state.withLock { state in
      state.held?.append(job)
      return state.held != nil
    }
    if !isHeld { threads.run(job, on: self) }
  }

  /// A task is about to begin on the connection's thread.
  package func begin() {
    state.withLock { state in
      state.held = state.held ?? []
      state.isCanceled = false
      state.count += 1
    }
  }

  /// Begins a task, on the calling thread where the system can do that, else as soon as that has left.
  package func start(_ body: sending @escaping @isolated(any) () async -> Void) -> Task<Void, Never>
  {
    if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
      Task.immediate(executorPreference: self, operation: body)
    } else {
      Task(executorPreference: self, operation: body)
    }
  }

  /// The number of the task that began last.
  var number: Int { state.withLock { $0.count } }

  /// A callback of the task that began has suspended.
  package func suspended(_ task: Task<Void, Never>) { state.withLock { $0.task = task } }

  /// The connection's thread has left; what was held runs now.
  ///
  /// - Parameter resume: called once the callback has ended, on one of the threads.
  package func leave(_ resume: @escaping @Sendable () -> Void) {
    let held = state.withLock { state in
      state.resume = resume
      defer { state.held = nil }
      return state.held ?? []
    }
    for job in held { threads.run(job, on: self) }
  }

  /// The callback that was suspended has ended.
  package func end() {
    let resume = state.withLock { state in
      state.task = nil
      defer { state.resume = nil }
      return state.resume
    }
    resume?()
  }

  /// Cancels the task of a callback, if it is suspended still.
  ///
  /// May be called from any thread, without a lock that the callback may want.
  func cancel(number: Int) {
    let task = state.withLock { state -> Task<Void, Never>? in
      guard state.count == number, let task = state.task else { return nil }
      state.isCanceled = true
      return task
    }
    task?.cancel()
  }

  /// Whether the task was canceled.
  package var isCanceled: Bool { state.withLock { $0.isCanceled } }
}
