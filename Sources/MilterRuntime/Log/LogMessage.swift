package import MilterCore
import Synchronization

/// A message that log lines are about; its queue ID becomes known while the MTA sends it.
package final class LogMessage: Sendable {
  private let id = Mutex<[UInt8]?>(nil)

  package init() {}

  /// The message's queue ID; nil until it is known.
  var queueID: [UInt8]? { id.withLock { $0 } }

  /// Takes the queue ID from the MTA's macros.
  ///
  /// - Returns: whether it is among them.
  package func learn(from symbols: MilterSymbols) -> Bool {
    guard let value = symbols["i".utf8], !value.isEmpty else { return false }
    id.withLock { $0 = value }
    return true
  }
}
