import Dispatch
import Foundation
import MilterProcessFixtures
import MilterSystem
import Synchronization
import Testing

/// The state of threads.
@Suite struct ThreadStateTests {
  @Test func `A thread that computes is runnable, and one that waits is not`() throws {
    let found = SystemMutex<ThreadState?>(nil)
    let computes = Atomic<Bool>(true)
    let (started, gate, done) = (
      DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)
    )
    Thread.detachNewThread {
      found.withLock { $0 = .ofThisThread }
      started.signal()
      while computes.load(ordering: .relaxed) {}
      gate.wait()
      done.signal()
    }
    try started.wait(for: "the thread")
    let thread = try #require(found.withLock { $0 })
    #expect(thread.isRunnable)
    computes.store(false, ordering: .relaxed)
    try wait(for: "a blocked thread") { !thread.isRunnable }
    gate.signal()
    try done.wait(for: "the end")
  }
}
