import Synchronization

/// A number that any thread may change.
final class Counter: Sendable {
  private let number = Atomic<Int>(0)

  var value: Int { number.load(ordering: .sequentiallyConsistent) }

  @discardableResult
  func add() -> Int { number.add(1, ordering: .sequentiallyConsistent).newValue }

  func subtract() { number.subtract(1, ordering: .sequentiallyConsistent) }
}
