package import MilterPlatform

/// The system's mutex, which can be locked and unlocked in different functions.
///
/// The corresponding C type is `pthread_mutex_t`.
///
/// `@unchecked Sendable`: the mutex is its only property, and never moves.
package final class SystemLock: @unchecked Sendable {
  @usableFromInline let mutex: UnsafeMutablePointer<pthread_mutex_t>

  /// Creates an unlocked lock.
  package init() {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Takes the lock; waits until it is free.
  @inlinable package func lock() { pthread_mutex_lock(mutex) }

  /// Releases the lock.
  @inlinable package func unlock() { pthread_mutex_unlock(mutex) }

  /// Calls `body` while the calling thread holds the lock.
  @inlinable package func withLock<Result, Failure>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    lock()
    defer { unlock() }
    return try body()
  }
}
