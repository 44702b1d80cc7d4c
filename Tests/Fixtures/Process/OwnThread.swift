package import Testing

/// Runs each test on threads of its own: Swift has only one thread for each processor, and a test
/// that waits for another process would keep other tests from starting.
package struct OwnThread: SuiteTrait, TestTrait, TestScoping {
  package var isRecursive: Bool { true }

  package func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(ThreadForEachJob.executor, operation: function)
  }
}

extension Trait where Self == OwnThread {
  package static var ownThread: Self { Self() }
}
