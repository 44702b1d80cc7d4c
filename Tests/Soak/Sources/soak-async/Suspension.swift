import Synchronization

/// The ways in which callbacks suspend.
enum Suspension: CaseIterable {
  case none
  case yield
  case sleep
  case children
  case actor

  private actor Counter {
    private var count = 0
    func next() -> Int {
      count += 1
      return count
    }
  }
  private static let counter = Counter()

  /// The number of suspensions that ended because the task was canceled.
  static let cancellations = Atomic<Int>(0)

  /// Returns a random way to suspend.
  static var any: Suspension { allCases.randomElement() ?? .none }

  /// Suspends.
  ///
  /// - Throws: `CancellationError` if the task is canceled meanwhile. Some ways do not throw.
  nonisolated(nonsending) func run() async throws {
    do {
      try await suspend()
    } catch {
      Self.cancellations.add(1, ordering: .relaxed)
      throw error
    }
  }

  nonisolated(nonsending) private func suspend() async throws {
    switch self {
    case .none: break
    case .yield: await Task.yield()
    case .sleep: try await Task.sleep(for: .microseconds(.random(in: 0...3000)))
    case .children:
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<3 { group.addTask { try await Task.sleep(for: .microseconds(500)) } }
        // Waits for the first child. The other children are canceled while they sleep.
        try await group.next()
        group.cancelAll()
      }
    case .actor: _ = await Self.counter.next()
    }
  }
}
