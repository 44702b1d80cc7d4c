public import MilterPlatform

/// The system's mutex, which can be locked and unlocked in different functions.
///
/// The corresponding C type is `pthread_mutex_t`.
///
/// It is public only because other code of this module cannot be inlined in the modules that use it.
///
/// `@unchecked Sendable`: the mutex is its only property, and never moves.
public final class SystemLock: @unchecked Sendable {
  @usableFromInline let mutex: UnsafeMutablePointer<pthread_mutex_t>

  /// Creates an unlocked lock.
  public init() {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Takes the lock; waits until it is free.
  @inlinable public func lock() { pthread_mutex_lock(mutex) }

  /// Releases the lock.
  @inlinable public func unlock() { pthread_mutex_unlock(mutex) }

  /// Calls `body` while the calling thread holds the lock.
  @inlinable public func withLock<Result, Failure>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    lock()
    defer { unlock() }
    return try body()
  }
}
