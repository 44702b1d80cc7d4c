import Foundation
import Synchronization

/// Runs a closure on a number of threads at the same time, each with its number.
///
/// - Throws: The error of a thread that failed.
public func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
  let group = DispatchGroup()
  let failure = FirstError()
  for number in 0..<count {
    group.enter()
    let thread = Thread {
      defer { group.leave() }
      do { try body(number) } catch { failure.error.withLock { $0 = $0 ?? error } }
    }
    thread.stackSize = 4 << 20
    thread.start()
  }
  group.wait()
  if let error = failure.error.withLock({ $0 }) { throw error }
}

private final class FirstError: Sendable {
  let error = Mutex<(any Error)?>(nil)
}
