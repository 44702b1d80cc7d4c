import MilterSystem

/// The cancellation of a callback.
final class CallbackCancellation: PoolWork {
  private let suspension: Suspension

  init(_ suspension: Suspension) { self.suspension = suspension }

  func serve(counting counters: ThreadCounters, receivingInto memory: PageMemory?) {
    counters.beginTurn()
    defer { counters.endTurn() }
    suspension.cancel()
  }
}
