import MilterSystem

/// Writes a server's statistics to a file at regular intervals.
final class MetricsFile: Sendable {
  private let metrics: MilterMetrics
  private let counters: any StatisticsSource
  private let log: MilterLog
  /// A separate thread, because a disk may be slow.
  private let thread = EventThread()
  /// Whether the last attempt failed, so that a full disk causes one line and not one for each attempt.
  private let isFailing = SystemMutex(false)

  init(_ metrics: MilterMetrics, _ counters: any StatisticsSource, log: MilterLog) {
    self.metrics = metrics
    self.counters = counters
    self.log = log
  }

  /// Starts writing the file at regular intervals.
  ///
  /// - Throws: An error if the system has no thread left.
  func start() throws(ThreadError) {
    try thread.start(task: { [weak self] in self?.write() })
    thread.schedule(after: .zero, every: max(metrics.interval, .milliseconds(100)))
  }

  /// Writes the file for the last time.
  func stop() {
    thread.end()
    thread.waitUntilEnded()
    write()
  }

  /// Writes the file.
  func write() {
    let text = counters.snapshot.prometheus(filter: metrics.filter)
    let problem: (any Error)?
    do {
      try ReplacedFile(metrics.file).write(text)
      problem = nil
    } catch {
      problem = error
    }
    let wasFailing = isFailing.withLock { isFailing in
      defer { isFailing = problem != nil }
      return isFailing
    }
    if let problem, !wasFailing { log.warning("metrics: \(problem)") }
    if problem == nil, wasFailing { log.notice("metrics are written again") }
  }
}
