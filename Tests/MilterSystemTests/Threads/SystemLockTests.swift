import Foundation
import MilterProcessFixtures
import MilterSystem
import Testing

/// The lock of a connection.
@Suite struct SystemLockTests {
  /// A number that only the lock guards.
  ///
  /// `@unchecked Sendable`: a thread uses it while it holds the lock.
  private final class Guarded: @unchecked Sendable {
    let lock = SystemLock()
    var number = 0
  }

  /// Runs `body` on several threads, and waits for all of them.
  private func onThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) throws {
    let done = DispatchSemaphore(value: 0)
    for _ in 0..<count {
      Thread.detachNewThread {
        body()
        done.signal()
      }
    }
    for _ in 0..<count { try done.wait(for: "a thread") }
  }

  @Test(arguments: [2, 8])
  func `Only one thread at a time holds the lock`(threads: Int) throws {
    let (guarded, rounds) = (Guarded(), 20_000)
    try onThreads(threads) {
      let unowned = UnownedLock(guarded.lock)
      for round in 0..<rounds {
        if round.isMultiple(of: 2) {
          guarded.lock.withLock { guarded.number += 1 }
        } else {
          unowned.lock()
          guarded.number += 1
          unowned.unlock()
        }
      }
    }
    #expect(guarded.lock.withLock { guarded.number } == threads * rounds)
  }

  @Test func `Every thread that waits gets the lock`() throws {
    let (guarded, threads) = (Guarded(), 8)
    let (started, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    guarded.lock.lock()
    for _ in 0..<threads {
      Thread.detachNewThread {
        started.signal()
        guarded.lock.lock()
        guarded.number += 1
        guarded.lock.unlock()
        done.signal()
      }
    }
    for _ in 0..<threads { try started.wait(for: "a thread") }
    Thread.sleep(forTimeInterval: 0.05)
    #expect(guarded.number == 0)
    guarded.lock.unlock()
    for _ in 0..<threads { try done.wait(for: "a thread that waited") }
    #expect(guarded.lock.withLock { guarded.number } == threads)
  }

  @Test func `A thread that waits uses no processor time`() throws {
    let lock = SystemLock()
    let (found, done) = (SystemMutex<ThreadState?>(nil), DispatchSemaphore(value: 0))
    lock.lock()
    Thread.detachNewThread {
      found.withLock { $0 = .ofThisThread }
      lock.lock()
      lock.unlock()
      done.signal()
    }
    try wait(for: "a thread that waits") { found.withLock { $0?.isRunnable == false } }
    lock.unlock()
    try done.wait(for: "the end")
  }
}
