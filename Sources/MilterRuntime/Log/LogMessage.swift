import MilterSystem

/// A message that log lines are about; its queue ID becomes known while the MTA sends it.
package final class LogMessage: Sendable {
  private let id: SystemMutex<[UInt8]?>

  /// - Parameter queueID: its queue ID, if that is known already.
  package init(queueID: [UInt8]? = nil) { id = SystemMutex(queueID) }

  /// The message's queue ID; nil until it is known.
  var queueID: [UInt8]? { id.withLock { $0 } }

  /// Sets the queue ID.
  func name(_ queueID: [UInt8]) { id.withLock { $0 = queueID } }
}
