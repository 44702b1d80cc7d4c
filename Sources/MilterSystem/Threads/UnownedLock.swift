/// A ``SystemLock`` without a counted reference to it, which must exist as long as this value is used.
///
/// Counting references for each command would take longer than the lock itself.
///
/// It is public only because other code of this module cannot be inlined in the modules that use it.
public struct UnownedLock {
  @usableFromInline let reference: Unmanaged<SystemLock>

  /// Refers to a lock.
  @inlinable
  public init(_ lock: SystemLock) { reference = .passUnretained(lock) }

  /// Takes the lock; waits until it is free.
  @inlinable
  public func lock() { reference._withUnsafeGuaranteedRef { $0.lock() } }

  /// Releases the lock.
  @inlinable
  public func unlock() { reference._withUnsafeGuaranteedRef { $0.unlock() } }
}
