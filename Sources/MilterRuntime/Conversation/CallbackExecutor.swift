import MilterSystem

/// Runs the rest of a callback that has suspended: the task executor of one connection.
///
/// A callback begins on the connection's thread. If it suspends, this executor holds its jobs until that thread
/// has left the connection, and then passes them to the threads of the pool. So a callback and the connection's
/// thread never work on the connection at the same time.
///
/// Child tasks of a callback also run here, possibly at the same time.
package final class CallbackExecutor: TaskExecutor {
  private struct State {
    /// Jobs that wait until the connection's thread has left; `nil` after that.
    var held: [UnownedJob]? = []
    /// The task of the suspended callback.
    var task: Task<Void, Never>?
    /// The work to do after the task has ended.
    var resume: (@Sendable () -> Void)?
    var isCanceled = false
    /// The number of tasks that have begun.
    var count = 0
  }
  private let state = SystemMutex(State())
  private let threads: any CallbackThreads

  package init(_ threads: any CallbackThreads) { self.threads = threads }

  /// Whether the caller belongs to a callback that waits for it: it is the callback's task or a child task.
  ///
  /// A task that a callback creates without waiting for it, for example with `Task {}`, inherits the callback's
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

  /// Notes that a task begins on the connection's thread.
  package func begin() {
    state.withLock { state in
      state.held = state.held ?? []
      state.isCanceled = false
      state.count += 1
    }
  }

  /// Starts a task on the calling thread if the system supports it, otherwise as soon as that thread has left.
  package func start(_ body: sending @escaping @isolated(any) () async -> Void) -> Task<Void, Never>
  {
    if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
      Task.immediate(executorPreference: self, operation: body)
    } else {
      Task(executorPreference: self, operation: body)
    }
  }

  /// The number of the last task that has begun.
  var number: Int { state.withLock { $0.count } }

  /// Notes that a callback of the current task has suspended.
  package func suspended(_ task: Task<Void, Never>) { state.withLock { $0.task = task } }

  /// Notes that the connection's thread has left, and runs the jobs that were held.
  ///
  /// - Parameter resume: Called on one of the threads after the callback has ended.
  package func leave(_ resume: @escaping @Sendable () -> Void) {
    let held = state.withLock { state in
      state.resume = resume
      defer { state.held = nil }
      return state.held ?? []
    }
    for job in held { threads.run(job, on: self) }
  }

  /// Notes that the suspended callback has ended.
  package func end() {
    let resume = state.withLock { state in
      state.task = nil
      defer { state.resume = nil }
      return state.resume
    }
    resume?()
  }

  /// Cancels the task of a callback, if it is still suspended.
  ///
  /// May be called from any thread, but not with a lock that the callback may need.
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
