import Synchronization

/// A place where callbacks are suspended until a test lets them continue.
package final class WaitingRoom: Sendable {
  private struct State {
    var isOpen = false
    var count = 0
    var waiting: [Int: CheckedContinuation<Void, any Error>] = [:]
    var canceled: Set<Int> = []
  }
  private let state = Mutex(State())

  package init() {}

  /// Lets all waiting callbacks continue, and all later ones.
  package func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [:] }
      return state.waiting.values
    }
    for continuation in waiting { continuation.resume() }
  }

  /// The number of waiting callbacks.
  package var waitingCount: Int { state.withLock { $0.waiting.count } }

  /// Waits until the room is open.
  ///
  /// - Throws: `CancellationError` if the task is canceled while it waits.
  nonisolated(nonsending) package func wait() async throws {
    let number = state.withLock { state in
      state.count += 1
      return state.count
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let result = state.withLock { state -> Result<Void, any Error>? in
          if state.isOpen { return .success(()) }
          if state.canceled.contains(number) { return .failure(CancellationError()) }
          state.waiting[number] = continuation
          return nil
        }
        if let result { continuation.resume(with: result) }
      }
    } onCancel: {
      let continuation = state.withLock { state in
        state.canceled.insert(number)
        return state.waiting.removeValue(forKey: number)
      }
      continuation?.resume(throwing: CancellationError())
    }
  }
}
