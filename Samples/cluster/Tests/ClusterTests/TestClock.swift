import Synchronization

/// A clock that a test sets.
final class TestClock: Sendable {
  private let time: Atomic<Int>

  init(_ time: Int) { self.time = Atomic(time) }

  var now: Int { time.load(ordering: .sequentiallyConsistent) }
  func pass(_ time: Int) { self.time.add(time, ordering: .sequentiallyConsistent) }
}
