import MilterPlatform
public import Synchronization

/// A lock that can be locked and unlocked in different functions.
///
/// Without contention, it is one atomic exchange to lock and one to unlock. A thread that must wait does so with
/// the system's mutex and condition. The first thread that finds the lock free takes it, as with
/// `pthread_mutex_t`, the corresponding C type.
///
/// It is public only because other code of this module cannot be inlined in the modules that use it.
///
/// `@unchecked Sendable`: the pointers never change, and refer to objects for several threads.
public final class SystemLock: @unchecked Sendable {
  /// The values of ``state``: numbers, because an enumeration's value would be checked at each exchange.
  @usableFromInline
  enum State {
    @inlinable static var free: UInt8 { 0 }
    @inlinable static var held: UInt8 { 1 }
    /// Held, and other threads may wait.
    @inlinable static var awaited: UInt8 { 2 }
  }

  @usableFromInline let state = Atomic(State.free)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// Creates an unlocked lock.
  public init() {
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    condition.initialize(to: pthread_cond_t())
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    condition.deallocate()
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Takes the lock; waits until it is free.
  @inlinable public func lock() {
    let (isTaken, _) = state.compareExchange(
      expected: State.free, desired: State.held, ordering: .acquiring)
    if !isTaken { wait() }
  }

  /// Releases the lock.
  @inlinable public func unlock() {
    if state.exchange(State.free, ordering: .releasing) == State.awaited { wake() }
  }

  /// Calls `body` while the calling thread holds the lock.
  @inlinable public func withLock<Result, Failure>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    lock()
    defer { unlock() }
    return try body()
  }

  /// Waits until the lock is free, and takes it.
  ///
  /// While this thread has the mutex, ``wake()`` cannot come between its look at the state and its wait.
  @usableFromInline func wait() {
    pthread_mutex_lock(mutex)
    // This thread does not know whether others wait, so its unlock wakes one of them.
    while state.exchange(State.awaited, ordering: .acquiring) != State.free {
      pthread_cond_wait(condition, mutex)
    }
    pthread_mutex_unlock(mutex)
  }

  /// Wakes a thread that waits, if there is one.
  @usableFromInline func wake() {
    pthread_mutex_lock(mutex)
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }
}
