package import MilterCore
import Synchronization

/// The message that lines of a log are about, whose queue ID becomes known while it is received.
package final class LogMessage: Sendable {
  private let id = Mutex<[UInt8]?>(nil)

  package init() {}

  /// The message's queue ID; nil until it is known.
  var queueID: [UInt8]? { id.withLock { $0 } }

  /// Looks for the queue ID in the MTA's macros.
  ///
  /// - Returns: whether it is known.
  package func learn(from symbols: MilterSymbols) -> Bool {
    guard let value = symbols["i".utf8], !value.isEmpty else { return false }
    id.withLock { $0 = Array(value) }
    return true
  }
}
