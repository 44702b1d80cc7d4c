import MilterSystem

/// The time from one reading of a program's settings to the next.
///
/// A connection keeps the epoch in which it began. Settings that callbacks read keep a value for each
/// epoch that a connection still has, so that a reload in the middle of a message does not change it.
package final class SettingsEpoch: Sendable {
  /// The epoch of the connection that the current thread or task serves; `nil` elsewhere.
  @TaskLocal package static var ofConnection: SettingsEpoch?

  private static let newest = SystemMutex<SettingsEpoch?>(nil)

  package init() {}

  /// The epoch whose values count here.
  package static var current: SettingsEpoch? { ofConnection ?? newest.withLock { $0 } }

  /// Makes the values of this epoch those of the process, for all that serves no connection.
  package func begin() { Self.newest.withLock { $0 = self } }
}
