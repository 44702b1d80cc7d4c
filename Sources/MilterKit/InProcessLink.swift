package import MilterClient
package import MilterCore
package import MilterRuntime

/// A connection to a filter of this process: when a send returns, the callbacks have run.
package final class InProcessLink: PlainLink {
  private let filter: FilterInMemory

  package init(_ filter: FilterInMemory) { self.filter = filter }

  deinit { filter.onReplies = nil }

  package func send(_ bytes: [UInt8], within limit: Duration) -> FilterLinkEvent? {
    filter.receive(bytes)
    return nil
  }

  package func tell(_ bytes: ByteWriter, isAnswered: Bool) -> Bool {
    filter.receive(bytes, isAnswered: isAnswered)
  }

  /// Delivers the filter's replies as soon as they are written, so that they do not accumulate.
  ///
  /// - Parameter connection: The connection that owns this link. Weak references would slow down each use of it.
  package func deliver(to connection: FilterConnection) {
    filter.onReplies = { [unowned connection] bytes in connection.take(bytes) }
  }

  package func receive(within limit: Duration) -> FilterLinkEvent {
    let replies = filter.takeReplies()
    if !replies.isEmpty { return .bytes(replies) }
    // The callbacks have returned, so no answer will follow.
    return filter.isOpen ? .silence : .endOfStream
  }

  package func close() { filter.end() }
}
