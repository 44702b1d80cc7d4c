import MilterClient
import MilterKit
import MilterRuntime

/// The way to a filter of this process: what is sent has run its callbacks when it returns.
final class InProcessLink: FilterLink {
  private let filter: FilterInMemory

  init(_ filter: FilterInMemory) { self.filter = filter }

  func send(_ bytes: [UInt8], within limit: Duration) -> FilterLinkEvent? {
    filter.receive(bytes)
    return nil
  }

  func receive(within limit: Duration) -> FilterLinkEvent {
    let replies = filter.takeReplies()
    if !replies.isEmpty { return .bytes(replies) }
    // A filter that has not answered by now never will.
    return filter.isOpen ? .silence : .endOfStream
  }

  func close() { filter.end() }
}
