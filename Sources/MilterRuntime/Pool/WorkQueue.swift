/// Work that waits for a thread, first come, first served.
struct WorkQueue {
  /// Elements before `next` are gone.
  private var works: [(any PoolWork)?] = []
  private var next = 0
  /// How much has been taken so far.
  private(set) var taken = 0

  /// How much waits.
  var count: Int { works.count - next }

  /// Whether nothing waits.
  var isEmpty: Bool { count == 0 }

  /// Adds work at the end.
  mutating func append(_ work: any PoolWork) { works.append(work) }

  /// Takes the work that has waited for the longest time.
  mutating func popFirst() -> (any PoolWork)? {
    guard next < works.count else { return nil }
    let work = works[next]
    works[next] = nil
    next += 1
    taken += 1
    // Now and then, so that the cost stays linear and a queue that is never empty does not grow.
    if next * 2 > works.count {
      works.removeFirst(next)
      next = 0
    }
    return work
  }
}
