/// Counts calls, one after the other, on its own queue.
actor CountingActor {
  private static let queue = ActorQueue()
  nonisolated var unownedExecutor: UnownedSerialExecutor {
    Self.queue.asUnownedSerialExecutor()
  }

  private var count = 0
  func next() -> Int {
    count += 1
    return count
  }
}
