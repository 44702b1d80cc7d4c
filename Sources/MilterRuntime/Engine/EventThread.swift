import Dispatch
import MilterSystem

/// A thread of a server that handles one event after the other: jobs, a task that repeats, and ready
/// descriptors.
///
/// The thread starts at the beginning and stays until the end. Dispatch would need a new thread for an event,
/// and would do nothing if the system had none left.
final class EventThread: Sendable {
  private struct State {
    var jobs: [@Sendable () -> Void] = []
    /// The time when the task is due, on Dispatch's clock; `.max` if it is not scheduled.
    var due = UInt64.max
    var interval: UInt64 = 0
    var phase = Phase.new
  }
  private enum Phase {
    case new
    case running
    /// No more jobs are accepted; earlier ones are still done.
    case ending
  }
  private let state = SystemMutex(State())
  /// The semaphore on which a thread without descriptors sleeps.
  private let bell = DispatchSemaphore(value: 0)
  /// The descriptors to wait for, and a socket that is always readable.
  ///
  /// Adding that socket to the list again wakes the thread once.
  ///
  /// This is not a case of an enum with the semaphore: the compiler would store the case in unused bits of the
  /// references, and a leak checker would not recognize them.
  private let descriptors: (list: Readiness, always: Socket)?
  /// Left when the thread has done its last job.
  private let running = DispatchGroup()

  /// The token of the socket that wakes the thread.
  private static let wakeUp = Int.min
  /// The maximum time of one sleep, in milliseconds.
  private static let longest = 3_600_000
  /// The size of the stack, which is enough for a log's closure.
  private static let stackSize = 1024 * 1024

  /// Creates a thread for jobs and a task.
  init() { descriptors = nil }

  /// Creates a thread that also waits for the descriptors of a list.
  ///
  /// - Throws: An error if the system has no descriptor left.
  init(waitingFor list: Readiness) throws(SocketError) {
    let (always, peer) = try Socket.socketPair()
    peer.close()
    // After this, waking the thread needs no memory.
    try list.wait(for: .readable, of: always.descriptor, token: Self.wakeUp)
    descriptors = (list, always)
  }

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - stackSize: The size of the stack, in bytes.
  ///   - ready: Called with the token of each ready descriptor.
  ///   - task: Called when it is due; see ``schedule(after:every:)``.
  /// - Throws: An error if the system has no thread left.
  func start(
    stackSize: Int? = nil, ready: @escaping @Sendable (Int) -> Void = { _ in },
    task: @escaping @Sendable () -> Void = {}
  ) throws(ThreadError) {
    state.withLock { $0.phase = .running }
    running.enter()
    do {
      try CallbackThread.start(stackSize: stackSize ?? Self.stackSize, runsCallbacks: false) {
        [self] in
        SignalMask.all.apply()
        while let jobs = next(task) {
          for job in jobs { job() }
          if jobs.isEmpty { sleep(ready) }
        }
        running.leave()
      }
    } catch {
      state.withLock { $0.phase = .ending }
      running.leave()
      throw error
    }
  }

  // MARK: On the thread

  /// Returns the work to do now; `nil` if the thread must end.
  private func next(_ task: @escaping @Sendable () -> Void) -> [@Sendable () -> Void]? {
    state.withLock { state in
      var jobs = state.jobs
      state.jobs = []
      let now = DispatchTime.now().uptimeNanoseconds
      if state.phase == .ending { return jobs.isEmpty ? nil : jobs }
      if state.due <= now {
        state.due = max(state.due &+ state.interval, now)
        jobs.append(task)
      }
      return jobs
    }
  }

  private func sleep(_ ready: (Int) -> Void) {
    let due = state.withLock { $0.due }
    guard let list = descriptors?.list else {
      _ = bell.wait(timeout: due == .max ? .distantFuture : DispatchTime(uptimeNanoseconds: due))
      return
    }
    let rest =
      due == .max
      ? Self.longest
      : DispatchTime.now().milliseconds(to: DispatchTime(uptimeNanoseconds: due))
    _ = list.take(milliseconds: min(rest, Self.longest)) { token in
      if token != Self.wakeUp { ready(token) }
    }
  }

  // MARK: On any thread

  /// Runs the task after a delay, and then at regular intervals; replaces an earlier schedule.
  func schedule(after delay: Duration, every interval: Duration) {
    state.withLock { state in
      state.due = DispatchTime.now().uptimeNanoseconds &+ delay.nanoseconds
      // Without a pause, the thread would do nothing else.
      state.interval = max(interval.nanoseconds, 1_000_000)
    }
    wake()
  }

  /// Stops running the task.
  func unschedule() { state.withLock { $0.due = .max } }

  /// Runs a job after earlier ones.
  ///
  /// - Returns: Whether the job will run. It does not if the thread was not started, or must end.
  @discardableResult
  func perform(_ job: @escaping @Sendable () -> Void) -> Bool {
    let isTaken = state.withLock { state in
      guard state.phase == .running else { return false }
      state.jobs.append(job)
      return true
    }
    if isTaken { wake() }
    return isTaken
  }

  /// Waits until the thread has done all jobs; must not be called on the thread itself.
  func finishJobs() {
    let done = DispatchSemaphore(value: 0)
    if perform({ done.signal() }) { done.wait() }
  }

  /// Ends the thread, which may be the caller, after its jobs.
  func end() {
    state.withLock { $0.phase = .ending }
    wake()
  }

  /// Waits, after ``end()``, until the thread has done its last job.
  ///
  /// - Parameter time: The maximum time to wait.
  func waitUntilEnded(atMost time: DispatchTimeInterval = .never) {
    _ = running.wait(timeout: time == .never ? .distantFuture : .now() + time)
  }

  private func wake() {
    guard let (list, always) = descriptors else {
      bell.signal()
      return
    }
    try? list.wait(for: .readable, of: always.descriptor, token: Self.wakeUp)
  }
}
