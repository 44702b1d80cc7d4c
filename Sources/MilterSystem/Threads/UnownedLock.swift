public import MilterPlatform

/// A ``SystemLock`` without a reference to it, which must exist as long as this value is used.
///
/// A reference would be counted for each command, which takes as long as the lock itself.
///
/// It is public only because other code of this module cannot be inlined in the modules that use it.
public struct UnownedLock {
  @usableFromInline let mutex: UnsafeMutablePointer<pthread_mutex_t>

  /// Refers to a lock.
  @inlinable
  public init(_ lock: SystemLock) { mutex = lock.mutex }

  /// Takes the lock; waits until it is free.
  @inlinable
  public func lock() { pthread_mutex_lock(mutex) }

  /// Releases the lock.
  @inlinable
  public func unlock() { pthread_mutex_unlock(mutex) }
}
