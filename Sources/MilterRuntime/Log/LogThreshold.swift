import Synchronization

/// The level of a log, which can change while copies of the log are in use.
package final class LogThreshold: Sendable {
  private let value: Atomic<Int>

  package init(_ level: MilterLogLevel) { value = Atomic(level.rawValue) }

  /// The current level.
  package var level: MilterLogLevel {
    get { MilterLogLevel(rawValue: value.load(ordering: .relaxed)) ?? .notice }
    set { value.store(newValue.rawValue, ordering: .relaxed) }
  }
}
