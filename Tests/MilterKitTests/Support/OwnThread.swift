import Foundation
import MilterProcessFixtures
import Testing

/// Gives each test a thread of its own, since Swift's have one for each processor, and a test that waits
/// for another process would keep others from starting.
struct OwnThread: SuiteTrait, TestTrait, TestScoping {
  var isRecursive: Bool { true }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(ThreadForEachJob.executor, operation: function)
  }
}

extension Trait where Self == OwnThread {
  static var ownThread: Self { Self() }
}

/// Runs a body so many times at once, each on a thread of its own, and waits for all.
func onThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) {
  let running = DispatchGroup()
  for _ in 0..<count {
    running.enter()
    Thread.detachNewThread {
      body()
      running.leave()
    }
  }
  running.wait()
}
