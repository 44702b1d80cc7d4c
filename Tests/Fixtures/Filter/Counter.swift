import Synchronization

/// A number that any thread may change.
package final class Counter: Sendable {
  private let number = Atomic<Int>(0)

  package init() {}

  package var value: Int { number.load(ordering: .sequentiallyConsistent) }

  @discardableResult
  package func add() -> Int { number.add(1, ordering: .sequentiallyConsistent).newValue }

  package func subtract() { number.subtract(1, ordering: .sequentiallyConsistent) }
}
