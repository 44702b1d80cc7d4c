package import MilterClient
package import MilterRuntime

/// The way to a filter of this process: what is sent has run its callbacks when it returns.
package final class InProcessLink: FilterLink {
  private let filter: FilterInMemory

  package init(_ filter: FilterInMemory) { self.filter = filter }

  package func send(_ bytes: [UInt8], within limit: Duration) -> FilterLinkEvent? {
    filter.receive(bytes)
    return nil
  }

  /// Passes on what the filter replies as it replies, so that nothing piles up.
  package func deliver(to connection: FilterConnection) {
    filter.onReplies = { [weak connection] bytes in connection?.take(bytes) }
  }

  package func receive(within limit: Duration) -> FilterLinkEvent {
    let replies = filter.takeReplies()
    if !replies.isEmpty { return .bytes(replies) }
    // A filter that has not answered by now never will.
    return filter.isOpen ? .silence : .endOfStream
  }

  package func close() { filter.end() }
}
