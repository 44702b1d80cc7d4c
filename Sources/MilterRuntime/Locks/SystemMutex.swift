/// A value that a ``SystemLock`` guards, for a lock that many threads contend for.
///
/// On Linux `Mutex` hands a contended lock to the thread that has waited longest. Other threads spin, and then
/// wait until that thread is scheduled. The pool's threads take the lock twice for each piece of work, and spent
/// 38% of their processor time that way. This lock goes to the first thread that takes it.
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
