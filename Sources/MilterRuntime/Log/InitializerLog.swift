import MilterSystem

/// The log of a filter while its initializer runs, before it has a connection.
///
/// It belongs to the thread, because a task-local value would cost 3% of the work on a connection.
package final class InitializerLog: Sendable {
  private static let current = ThreadReference<InitializerLog>()

  private let log: MilterLog

  /// Creates the log for the filters of a server, or for a member of a chain.
  package init(_ log: MilterLog) { self.log = log }

  /// The log of the filter that the calling thread creates; `nil` outside of its initializer.
  package static var log: MilterLog? { current.object?.log }

  /// Creates a filter, whose initializer writes to this log.
  package func make<Filter>(_ filter: () -> Filter) -> Filter {
    Self.current.withObject(self, filter)
  }
}
