import Dispatch
import MilterSystem

/// A log line for frequent events: one line for all events of an interval.
///
/// The first event begins an interval. After the interval, the next event or the next check writes one line
/// with the number of events. Events need no timer.
final class CountedLine: Sendable {
  private struct Pending {
    var count = 0
    var since: UInt64 = 0
    var example = ""
  }
  private let pending = SystemMutex(Pending())
  private let log: MilterLog
  private let level: MilterLogLevel
  private let interval: UInt64
  private let clock: @Sendable () -> UInt64
  private let text: @Sendable (Int) -> String

  /// Creates a line without events.
  ///
  /// - Parameters:
  ///   - log: The log.
  ///   - level: Its level.
  ///   - interval: The time for which events are counted before they are reported.
  ///   - clock: Returns the time in nanoseconds since an arbitrary moment.
  ///   - text: Describes a number of events.
  init(
    _ log: MilterLog, _ level: MilterLogLevel, every interval: Duration = .seconds(60),
    clock: @escaping @Sendable () -> UInt64 = { DispatchTime.now().uptimeNanoseconds },
    text: @escaping @Sendable (Int) -> String
  ) {
    self.log = log
    self.level = level
    self.interval = UInt64(max(0, interval / .nanoseconds(1)))
    self.clock = clock
    self.text = text
  }

  /// Counts an event.
  ///
  /// - Parameter example: The details of the event, without mail content; the line has those of the first
  ///   event.
  func count(_ example: @autoclosure () -> String = "") {
    guard level <= log.level else { return }
    let (due, now) = pending.withLock { pending in
      // Under the lock: otherwise, the time could be before the interval that another thread has begun.
      let now = clock()
      let due = takeIfDue(&pending, now)
      if pending.count == 0 {
        pending.since = now
        pending.example = example()
      }
      pending.count += 1
      return (due, now)
    }
    write(due, now)
  }

  /// Writes the line if its interval is over.
  ///
  /// Call it regularly.
  func writeIfDue() {
    let (due, now) = pending.withLock { pending in
      let now = clock()
      return (takeIfDue(&pending, now), now)
    }
    write(due, now)
  }

  /// Writes the line for the events so far; must be called at the end.
  func writeNow() {
    let (due, now) = pending.withLock { (take(&$0), clock()) }
    write(due, now)
  }

  private func takeIfDue(_ pending: inout Pending, _ now: UInt64) -> Pending? {
    now &- pending.since >= interval ? take(&pending) : nil
  }

  private func take(_ pending: inout Pending) -> Pending? {
    guard pending.count > 0 else { return nil }
    defer { pending = Pending() }
    return pending
  }

  private func write(_ pending: Pending?, _ now: UInt64) {
    guard let pending else { return }
    let seconds = (now &- pending.since) / 1_000_000_000 + 1
    let example = pending.example.isEmpty ? "" : "; the first: \(pending.example)"
    log.put(level) { "\(text(pending.count)) within \(seconds) s\(example)" }
  }
}
