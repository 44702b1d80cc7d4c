import Dispatch
import MilterSystem

/// A server's own thread, which does one thing after the other: jobs that it is given, a task
/// that is due again and again, and what descriptors bring.
///
/// It is made at the start and stays until the end. Dispatch would need a thread at the moment at which
/// something happens, and does nothing at all while the system has none to give.
final class EventThread: Sendable {
  private struct State {
    var jobs: [@Sendable () -> Void] = []
    /// When the task is due, on Dispatch's clock; `.max` if it is not.
    var due = UInt64.max
    var interval: UInt64 = 0
    var phase = Phase.new
  }
  private enum Phase {
    case new
    case running
    /// No job is taken any more; those that were given are still done.
    case ending
  }
  private let state = SystemMutex(State())
  /// The semaphore that a thread without descriptors sleeps on.
  private let bell = DispatchSemaphore(value: 0)
  /// The descriptors to wait for, and a socket that is always readable: naming it to the list again
  /// wakes the thread once.
  ///
  /// In an enum beside the semaphore, the compiler would keep the case in unused bits of the
  /// references, and a leak checker would not recognize them.
  private let descriptors: (list: Readiness, always: Socket)?
  /// Left when the thread has done its last job.
  private let running = DispatchGroup()

  /// The token of the socket that wakes the thread.
  private static let wakeUp = Int.min
  /// The longest time of one sleep, in milliseconds.
  private static let longest = 3_600_000
  /// Enough for a log's closure.
  private static let stackSize = 1024 * 1024

  /// Makes a thread for jobs and a task.
  init() { descriptors = nil }

  /// Makes a thread that waits for the descriptors of a list as well.
  ///
  /// - Throws: if the system has no descriptor to give.
  init(waitingFor list: Readiness) throws(SocketError) {
    let (always, peer) = try Socket.socketPair()
    peer.close()
    // What follows takes no memory that may be lacking when the thread must be woken.
    try list.wait(for: .readable, of: always.descriptor, token: Self.wakeUp)
    descriptors = (list, always)
  }

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - stackSize: the size of its stack, in bytes.
  ///   - ready: is called with the token of each descriptor that is ready.
  ///   - task: is done when it is due, see ``schedule(after:every:)``.
  /// - Throws: if the system has no thread to give.
  func start(
    stackSize: Int? = nil, ready: @escaping @Sendable (Int) -> Void = { _ in },
    task: @escaping @Sendable () -> Void = {}
  ) throws(SocketError) {
    state.withLock { $0.phase = .running }
    running.enter()
    do {
      try WorkerThread.start(stackSize: stackSize ?? Self.stackSize, runsCallbacks: false) {
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

  /// The work to do now, if any; `nil` when the thread must end.
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

  /// Runs the task after a delay, and then at regular intervals; an earlier schedule is forgotten.
  func schedule(after delay: Duration, every interval: Duration) {
    state.withLock { state in
      state.due = DispatchTime.now().uptimeNanoseconds &+ delay.nanoseconds
      // Without a pause there would be no turn for anything else.
      state.interval = max(interval.nanoseconds, 1_000_000)
    }
    wake()
  }

  /// Has the task done no more.
  func unschedule() { state.withLock { $0.due = .max } }

  /// Has a job done, after those that were given before.
  ///
  /// - Returns: whether it will be; not before the thread is started, nor when it is to end.
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

  /// Returns when the thread has done what it was given; not to be called on the thread itself.
  func finishJobs() {
    let done = DispatchSemaphore(value: 0)
    if perform({ done.signal() }) { done.wait() }
  }

  /// Ends the thread, which may be the caller, after the jobs that it was given.
  func end() {
    state.withLock { $0.phase = .ending }
    wake()
  }

  /// Waits, after ``end()``, until the thread has done its last job.
  ///
  /// - Parameter time: how long to wait.
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
