import Dispatch

/// Decides how many threads a pool may have while connections wait for one.
///
/// Threads up to ``prompt`` are started at once. If none of them gets free during two looks in a row,
/// their callbacks block, and more are allowed: a few, and twice as many at each further look.
struct PoolGrowth {
  /// The number of threads that are started as soon as there is work for them.
  static let prompt = 64
  /// The time from one look to the next.
  static let interval = DispatchTimeInterval.milliseconds(2)

  /// How many more threads are allowed first.
  private static let firstStep = 16
  /// The largest number of threads that one look allows.
  private static let lastStep = 4096

  /// The number of threads that the pool may have.
  private(set) var allowed = Self.prompt

  private var step = Self.firstStep
  private var isLooking = false
  private var hasProgress = true

  /// A connection begins to wait.
  ///
  /// - Returns: whether the looks have to begin.
  mutating func begin() -> Bool {
    if isLooking { return false }
    isLooking = true
    hasProgress = true
    step = Self.firstStep
    return true
  }

  /// No connection waits any longer.
  mutating func end() { isLooking = false }

  /// A thread has got free.
  mutating func noteProgress() { hasProgress = true }

  /// Looks whether a thread has got free since the last look, while there are this many.
  mutating func look(at threads: Int) {
    defer { hasProgress = false }
    if hasProgress {
      step = Self.firstStep
    } else {
      allowed = max(allowed, threads + step)
      step = min(2 * step, Self.lastStep)
    }
  }

  /// There are no more threads than this; what was allowed above them is taken back.
  mutating func shrink(to threads: Int) { allowed = max(Self.prompt, min(allowed, threads)) }
}
