package import MilterCore
import Synchronization

/// A message that log lines are about; its queue ID becomes known while the MTA sends it.
package final class LogMessage: Sendable {
  private let id = Mutex<[UInt8]?>(nil)

  package init() {}

  /// The message's queue ID; nil until it is known.
  var queueID: [UInt8]? { id.withLock { $0 } }

  /// Takes the queue ID from the MTA's macros, if it is among them.
  package func learn(from symbols: MilterSymbols) {
    guard let value = symbols["i".utf8], !value.isEmpty else { return }
    id.withLock { id in
      if id?.elementsEqual(value) != true { id = Array(value) }
    }
  }
}
