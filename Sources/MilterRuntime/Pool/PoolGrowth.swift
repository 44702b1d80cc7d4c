/// Determines the number of threads that a pool may have while work waits for a thread.
///
/// Up to ``prompt`` threads start at once. Most callbacks take microseconds, so a burst of connections must not
/// start a burst of threads. While callbacks block, more threads are allowed: a few at first, and twice as many
/// after each check.
struct PoolGrowth {
  /// The number of threads that are started as soon as there is work for them.
  static let prompt = 64
  /// The time between two checks.
  static let interval = Duration.milliseconds(2)

  /// The number of additional threads after the first check.
  private static let firstStep = 8
  /// The maximum number of additional threads after one check.
  private static let lastStep = 4096
  /// The number of checks without progress after which the pool grows even if the processors are busy.
  private static let patience = 3
  /// The number of checks without progress after which the pool grows in any case, because a filter's
  /// initializer may also block.
  private static let lastPatience = 16

  /// The observations of one check.
  struct Sight {
    /// The number of working threads.
    var threads = 0
    /// The number of threads that have been in the same turn since the last check.
    var stuck = 0
    /// The total amount of work taken from the queue.
    var taken = 0
    /// Whether threads are more likely to wait for a processor than to block.
    var isBusy = false
  }

  /// The allowed number of threads.
  private(set) var allowed = Self.prompt

  private var step = Self.firstStep
  private var taken = 0
  /// The number of consecutive checks in which no work was taken from the queue.
  private var looksWithoutProgress = 0

  /// Notes that work begins to wait.
  mutating func begin(taken: Int) {
    self.taken = taken
    looksWithoutProgress = 0
    step = Self.firstStep
  }

  /// Checks a pool whose work is waiting.
  mutating func look(at sight: Sight) {
    looksWithoutProgress = sight.taken == taken ? looksWithoutProgress + 1 : 0
    taken = sight.taken
    let areStuck = 2 * sight.stuck >= sight.threads
    if areStuck, !sight.isBusy || looksWithoutProgress >= Self.patience {
      allowed = max(allowed, sight.threads + step)
      step = min(2 * step, Self.lastStep)
    } else if looksWithoutProgress >= Self.lastPatience {
      allowed = max(allowed, sight.threads + max(Self.firstStep, sight.threads / 2))
      looksWithoutProgress = 0
    } else if !areStuck {
      step = Self.firstStep
    }
  }

  /// Notes the number of existing threads; the allowed number decreases to it.
  mutating func shrink(to threads: Int) { allowed = max(Self.prompt, min(allowed, threads)) }
}
