/// Decides how many threads a pool may have while work waits for one.
///
/// Threads up to ``prompt`` are started at once: most callbacks take microseconds, and a burst of
/// connections must not make a burst of threads. More are allowed while callbacks block: a few, and
/// twice as many at each further look.
struct PoolGrowth {
  /// The number of threads that are started as soon as there is work for them.
  static let prompt = 64
  /// The time from one look to the next.
  static let interval = Duration.milliseconds(2)

  /// How many more threads are allowed first.
  private static let firstStep = 8
  /// The largest number of threads that one look allows.
  private static let lastStep = 4096
  /// The looks without progress after which busy processors no longer keep the pool from growing.
  private static let patience = 3
  /// The looks without progress after which the pool grows for any reason: a filter's initializer may
  /// block as well.
  private static let lastPatience = 16

  /// The observation of one look at the pool.
  struct Sight {
    /// The number of threads at work.
    var threads = 0
    /// How many of these have been in the same callback since the last look.
    var stuck = 0
    /// How much work has been taken from the queue so far.
    var taken = 0
    /// Whether the process keeps most of the processors busy.
    var isBusy = false
  }

  /// The number of threads that the pool may have.
  private(set) var allowed = Self.prompt

  private var step = Self.firstStep
  private var taken = 0
  /// Looks in a row that saw no work taken from the queue.
  private var looksWithoutProgress = 0

  /// Work begins to wait.
  mutating func begin(taken: Int) {
    self.taken = taken
    looksWithoutProgress = 0
    step = Self.firstStep
  }

  /// Looks at a pool whose work waits.
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

  /// There are no more threads than this; what was allowed above them is taken back.
  mutating func shrink(to threads: Int) { allowed = max(Self.prompt, min(allowed, threads)) }
}
