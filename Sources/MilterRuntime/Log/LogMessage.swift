import MilterSystem

/// The message of log lines; its queue ID becomes known while the MTA sends it.
package final class LogMessage: Sendable {
  private let id: SystemMutex<[UInt8]?>

  /// - Parameter queueID: The queue ID, if it is already known.
  package init(queueID: [UInt8]? = nil) { id = SystemMutex(queueID) }

  /// The queue ID of the message; `nil` until it is known.
  var queueID: [UInt8]? { id.withLock { $0 } }

  /// Sets the queue ID.
  func name(_ queueID: [UInt8]) { id.withLock { $0 = queueID } }
}
