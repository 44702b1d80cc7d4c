/// A value behind a ``SystemLock``, for a lock that many threads want at once.
///
/// On Linux `Mutex` hands a lock that somebody waits for to the one that has waited longest; whoever comes
/// meanwhile spins, and then waits until that thread was scheduled. The pool's threads, each of which
/// wants its lock twice for every piece of work, spent 38% of the processor time that way. This one is
/// taken by whoever comes first.
///
/// `@unchecked Sendable`: the lock guards the value.
package final class SystemMutex<Value>: @unchecked Sendable {
  private let lock = SystemLock()
  @exclusivity(unchecked) private var value: Value

  package init(_ value: sending Value) { self.value = value }

  /// Runs `body` on the value while no other thread does.
  package func withLock<Result, Failure>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    lock.lock()
    defer { lock.unlock() }
    return try body(&value)
  }
}
