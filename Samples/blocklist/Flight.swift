import Synchronization

/// A lookup in progress, and the tasks that wait for it.
final class Flight: Sendable {
  typealias Landing = Result<LookupAnswer, LookupFailure>

  private struct State {
    var landing: Landing?
    /// The number of tasks that have asked so far, which is also the next task's number.
    var count = 0
    var waiting: [Int: CheckedContinuation<LookupAnswer, any Error>] = [:]
    /// The tasks that were canceled before they waited.
    var canceled: Set<Int> = []
  }
  private let state = Mutex(State())

  /// Gives the result to the tasks that wait, and to those that ask later.
  func land(_ landing: Landing) {
    let waiting = state.withLock { state in
      state.landing = landing
      defer { state.waiting = [:] }
      return state.waiting.values
    }
    for continuation in waiting { continuation.resume(with: landing) }
  }

  /// Waits for the result.
  ///
  /// - Throws: The error of the result, or `CancellationError` as soon as the task is canceled.
  func result() async throws -> LookupAnswer {
    let number = state.withLock { state in
      state.count += 1
      return state.count
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let result = state.withLock { state -> Result<LookupAnswer, any Error>? in
          if state.canceled.remove(number) != nil { return .failure(CancellationError()) }
          if let landing = state.landing { return landing.mapError { $0 } }
          state.waiting[number] = continuation
          return nil
        }
        if let result { continuation.resume(with: result) }
      }
    } onCancel: {
      let continuation = state.withLock { state in
        let continuation = state.waiting.removeValue(forKey: number)
        if continuation == nil, state.landing == nil { state.canceled.insert(number) }
        return continuation
      }
      continuation?.resume(throwing: CancellationError())
    }
  }
}
