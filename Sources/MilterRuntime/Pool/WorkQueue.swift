/// A first-in, first-out queue of work that waits for a thread.
struct WorkQueue {
  /// The elements before `next` are removed.
  private var works: [(any PoolWork)?] = []
  private var next = 0
  /// The total amount of work taken so far.
  private(set) var taken = 0

  /// The amount of waiting work.
  var count: Int { works.count - next }

  /// Whether no work is waiting.
  var isEmpty: Bool { count == 0 }

  /// Adds work at the end.
  mutating func append(_ work: any PoolWork) { works.append(work) }

  /// Removes and returns the work that has waited longest.
  mutating func popFirst() -> (any PoolWork)? {
    guard next < works.count else { return nil }
    let work = works[next]
    works[next] = nil
    next += 1
    taken += 1
    // Only sometimes, so that the cost is linear, and a queue that is never empty does not grow.
    if next * 2 > works.count {
      works.removeFirst(next)
      next = 0
    }
    return work
  }
}
