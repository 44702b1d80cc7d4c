public import MilterPlatform

/// A value that is guarded by a lock of the system; copies share both.
///
/// It replaces Swift's `Mutex`, which has two problems for filters on Linux:
///
/// - It identifies its owner by a thread ID that each thread reads once. After `fork`, the child still has its
///   parent's ID, so the first contended `Mutex` ends the process or never unlocks. C filters fork between
///   `smfi_register` and `smfi_main` to run in the background.
/// - It passes a contended lock to the thread that has waited longest. Other threads spin, and then wait until
///   that thread is scheduled. The pool's threads take the lock twice for each piece of work, and spent 38% of
///   their processor time waiting. This lock goes to the first thread that takes it.
///
/// For a lock without a value, use ``SystemLock``: the thread sanitizer takes the access to a value without bytes
/// for one to the storage itself.
///
/// It is public only because other code of this module cannot be specialized in the modules that use it.
/// Unspecialized, each lock takes 500 instructions more.
///
/// `@unchecked Sendable`: the lock guards the value.
public struct SystemMutex<Value>: @unchecked Sendable {
  /// The value and the lock, in one allocation.
  @usableFromInline
  final class Storage: ManagedBuffer<Value, pthread_mutex_t> {
    deinit {
      withUnsafeMutablePointerToElements { mutex in
        pthread_mutex_destroy(mutex)
        mutex.deinitialize(count: 1)
      }
    }
  }

  @usableFromInline let storage: ManagedBuffer<Value, pthread_mutex_t>

  /// Creates a lock with its value.
  @inlinable
  public init(_ value: sending Value) {
    storage = Storage.create(minimumCapacity: 1) { _ in value }
    storage.withUnsafeMutablePointerToElements { mutex in
      mutex.initialize(to: pthread_mutex_t())
      pthread_mutex_init(mutex, nil)
    }
  }

  /// Calls `body` with the value while no other thread uses it.
  @inlinable
  public func withLock<Result, Failure>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    // The pointers are valid as long as the storage, which `defer` retains until the lock is free.
    let (value, mutex) = storage.withUnsafeMutablePointers { ($0, $1) }
    pthread_mutex_lock(mutex)
    defer {
      pthread_mutex_unlock(mutex)
      extendLifetime(storage)
    }
    return try body(&value.pointee)
  }
}
