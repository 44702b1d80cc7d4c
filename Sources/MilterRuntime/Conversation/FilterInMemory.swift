import MilterCore
import MilterSystem
import Synchronization

/// A filter that is driven without a socket or thread: the caller's thread runs its callbacks.
///
/// Bytes go through the same conversation as those of a connection.
///
/// A callback that suspends goes on on the caller's thread, which waits for it. Each asynchronous callback
/// has a task of its own, with the task-local values of the caller.
package final class FilterInMemory {
  private let thread = WaitingThread()
  private let link = Memory()
  private let log: MilterLog
  private let limits: LineLimits
  private let stop = StopWish()
  private let conversation: Conversation

  /// Whether the filter's side still stands.
  package private(set) var isOpen = true

  /// Connects a filter; its callbacks run when bytes come.
  package init(
    _ handler: any SessionHandler, log: MilterLog, onError: MilterErrorAnswer = .tempfail
  ) {
    limits = LineLimits(handler.name, log)
    var log = log
    log.limits = limits
    self.log = log
    var configuration = MilterConfiguration()
    configuration.log = log
    configuration.onError = onError
    configuration.requestStop = { [stop] in stop.request() }
    conversation = Conversation(
      link, name: handler.name, connection: 1, configuration: configuration, threads: thread
    ) { handler }
    conversation.attach()
  }

  deinit { conversation.letGo() }

  /// Whether the filter has asked for the end of its server.
  package var wantsStop: Bool { stop.isRequested }

  /// Has the filter work on bytes of the MTA's.
  package func receive(_ bytes: [UInt8]) {
    guard isOpen else { return }
    link.received = bytes[...]
    do {
      while case .worked(var progress, _) = try conversation.exchange(.available) {
        while progress == .due {
          runDue()
          progress = try conversation.resume()
        }
        if progress == .over { return end() }
      }
    } catch {
      log.put(.warning, .closed, "closing a connection: \(error)")
      end()
    }
  }

  /// What the filter has replied since this was last asked.
  package func takeReplies() -> [UInt8] {
    defer { link.replies = [] }
    return link.replies
  }

  /// Ends the connection, as if the MTA had closed it.
  package func end() {
    while !conversation.end() { runDue() }
    isOpen = false
    limits.writeNow()
  }

  /// Whether the filter has asked for the end of its server, from any thread.
  private final class StopWish: Sendable {
    private let flag = Atomic(false)
    var isRequested: Bool { flag.load(ordering: .relaxed) }
    func request() { flag.store(true, ordering: .relaxed) }
  }

  /// Runs the callback that is due, to its end.
  private func runDue() {
    guard case .suspended = conversation.runDue({ false }) else { return }
    let hasEnded = Atomic<Bool>(false)
    conversation.executor.leave { [thread] in
      hasEnded.store(true, ordering: .releasing)
      thread.ring()
    }
    thread.wait { hasEnded.load(ordering: .acquiring) ? () : nil }
  }

  private final class Memory: MTALink {
    /// What the filter has not read yet.
    var received: ArraySlice<UInt8> = []
    var replies: [UInt8] = []
    let isTCP = false

    func read(into buffer: UnsafeMutableRawBufferPointer, waits: Bool) -> ReadResult {
      let count = min(buffer.count, received.count)
      guard count > 0 else { return .wouldBlock }
      buffer.copyBytes(from: received.prefix(count))
      received = received.dropFirst(count)
      return .bytes(count)
    }

    func writeAvailable(_ bytes: UnsafeRawBufferPointer) -> Int {
      replies += bytes
      return bytes.count
    }

    func waitForRoom(milliseconds: Int) -> Bool { true }

    func confirm() {}
  }
}
