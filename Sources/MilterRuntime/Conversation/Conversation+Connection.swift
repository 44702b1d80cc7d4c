import MilterCore
import MilterSystem

/// What the connection needs besides ``exchange(_:)``, ``runDue(_:)``, ``rest()``, and ``end()``.
///
/// Properties that other threads of a C filter may change are read under the lock.
extension Conversation {
  /// Begins to use a thread of the pool, its counters, and its memory.
  func begin(counting counters: ThreadCounters, receivingInto memory: PageMemory?) {
    withLock { conversation in
      conversation.counters = counters
      conversation.input.lend(memory)
    }
  }

  /// Sends the waiting replies of a connection that is about to end.
  func sendLast() throws { try withLock { try $0.flush() } }

  /// Whether replies wait until the MTA reads them.
  var hasUnreadReplies: Bool { withLock { $0.isBlocked } }

  /// Whether the MTA has negotiated.
  var hasNegotiated: Bool { withLock { $0.session.hasNegotiated } }

  /// Whether a message is in progress.
  var isInMessage: Bool { withLock { $0.session.isInMessage } }

  /// Whether a message is in progress, or a frame has not arrived as a whole.
  var isIncomplete: Bool { withLock { $0.session.isInMessage || !$0.input.isEmpty } }

  /// Whether the peer has sent an HTTP request instead of the first command.
  var isHealthCheck: Bool {
    commandCount == 0 && withLock { Strangers.areHTTP($0.input.first(8)) }
  }

  /// The suspension of the due callback.
  var suspension: Suspension {
    let needsMTA = isUselessWithoutMTA
    return Suspension(executor, needsMTA: needsMTA, received: needsMTA ? input.waiting : [])
  }

  /// Logs the end of the connection.
  func logEnd() {
    guard logsInfo else { return }
    withLock { $0.log }.put(.info, .ended, "a connection ended after \(commandCount) commands")
  }
}
