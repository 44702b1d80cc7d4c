import MilterSystem

/// The time between two readings of a program's settings.
///
/// A connection keeps the epoch in which it began. A setting keeps a value for each epoch of an open
/// connection, so that a reload does not change it during a message.
package final class SettingsEpoch: Sendable {
  /// The epoch of the connection that the current thread or task serves; otherwise `nil`.
  @TaskLocal package static var ofConnection: SettingsEpoch?

  private static let newest = SystemMutex<SettingsEpoch?>(nil)

  package init() {}

  /// The epoch whose values apply to the caller.
  package static var current: SettingsEpoch? { ofConnection ?? newest.withLock { $0 } }

  /// Makes this the current epoch of the process, for code that serves no connection.
  package func begin() { Self.newest.withLock { $0 = self } }
}
