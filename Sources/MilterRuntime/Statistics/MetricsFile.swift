@preconcurrency import Dispatch
import MilterSystem
import Synchronization

/// Writes a server's statistics to a file now and then.
final class MetricsFile: Sendable {
  private let metrics: MilterMetrics
  private let counters: ServerCounters
  private let log: MilterLog
  private let queue = DispatchQueue(label: "swift-milter.metrics", qos: .utility)
  private let timer: any DispatchSourceTimer
  /// Whether the last attempt failed: a full disk is worth one line, not one for each attempt.
  private let isFailing = Mutex(false)

  init(_ metrics: MilterMetrics, _ counters: ServerCounters, log: MilterLog) {
    self.metrics = metrics
    self.counters = counters
    self.log = log
    timer = DispatchSource.makeTimerSource(queue: queue)
    timer.setEventHandler { [weak self] in self?.write() }
    // Without a schedule it does nothing; one that is not active must not be let go of.
    timer.activate()
  }

  /// Writes the file, and again at every interval.
  func start() {
    let interval = max(metrics.interval, .milliseconds(100)).dispatch
    timer.schedule(deadline: .now(), repeating: interval)
  }

  /// Writes the file for the last time.
  func stop() {
    timer.cancel()
    queue.sync { write() }
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
