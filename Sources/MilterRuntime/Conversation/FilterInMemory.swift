package import MilterCore
import MilterSystem
import Synchronization

/// A filter that is used without a socket or a thread: its callbacks run on the caller's thread.
///
/// The bytes pass through the same conversation as those of a connection.
///
/// If a callback suspends, it continues on the caller's thread, which waits for it. Each asynchronous callback
/// has its own task, with the task-local values of the caller.
package final class FilterInMemory {
  private let thread = WaitingThread()
  private let link = MemoryLink()
  private let log: MilterLog
  /// The limits of the log, if the log has none.
  private let limits: LineLimits?
  private let stop = StopWish()
  private let conversation: Conversation

  // No access lasts while a callback runs.
  /// Whether the filter's side of the connection is open.
  @exclusivity(unchecked) package private(set) var isOpen = true

  /// Connects a filter, whose callbacks run when bytes arrive.
  ///
  /// - Parameters:
  ///   - handler: The filter.
  ///   - log: The log. The lines have a connection's number if it is the log of a connection.
  ///   - name: The filter's name in the lines; `nil` to use its own name.
  ///   - onError: The answer if a callback throws.
  ///   - maxHeldChanges: The number of bytes of changes above which they are sent early.
  ///   - shadow: Whether the filter has no effect on mail.
  ///   - onStop: Called when the filter requests the end of its server.
  package init(
    _ handler: any SessionHandler, log: MilterLog, name: String? = nil,
    onError: MilterErrorAnswer = .tempfail, maxHeldChanges: Int = ReplyBuffer.mostHeld,
    shadow: Bool = false,
    onStop: (@Sendable () -> Void)? = nil
  ) {
    limits = log.limits == nil ? LineLimits(handler.name, log) : nil
    var log = log
    if let limits { log.limits = limits }
    self.log = log
    let settings = ConversationSettings(
      log: log, name: name, mostHeld: maxHeldChanges, isShadow: shadow, onError: onError
    ) { [stop] in
      stop.request()
      onStop?()
    }
    conversation = Conversation(
      .memory(link), name: handler.name, connection: log.subject?.connection ?? 1,
      settings: settings,
      threads: thread
    ) { handler }
    conversation.attach()
  }

  deinit { conversation.letGo() }

  /// Whether the filter has requested the end of its server.
  package var wantsStop: Bool { stop.isRequested }

  /// Handles bytes from the MTA.
  package func receive(_ bytes: [UInt8]) {
    guard isOpen else { return }
    link.received = bytes[...]
    work(.available)
  }

  /// Processes the macros and the command of one step.
  ///
  /// - Parameters:
  ///   - bytes: The macros and the command.
  ///   - isAnswered: Whether the filter replies to this step.
  /// - Returns: Whether the filter has replied continue, or nothing if it does not reply. Otherwise, its replies
  ///   were delivered as usual.
  package func receive(_ bytes: ByteWriter, isAnswered: Bool) -> Bool {
    guard isOpen else { return false }
    conversation.input.append(bytes)
    link.outlook = isAnswered ? .continue : .nothing
    work(.nothing)
    defer { link.outlook = .anything }
    return link.outlook == .nothing
  }

  /// Processes the bytes that have arrived, and runs the callbacks that are due.
  private func work(_ first: Conversation.Reading) {
    do {
      var reading = first
      while case .worked(let progress, _) = try conversation.exchange(reading) {
        reading = .available
        switch progress {
        case .done: if first == .nothing { return }
        case .due:
          runDue()
          reading = .nothing
        case .over: return end()
        }
      }
    } catch {
      log.put(.warning, .closed, "closing a connection: \(error)")
      end()
    }
  }

  /// Called with the filter's replies as they are written; `nil` to keep them for ``takeReplies()``.
  package var onReplies: (([UInt8]) -> Void)? {
    get { link.onReplies }
    set { link.onReplies = newValue }
  }

  /// Whether a callback has thrown since the last call.
  package func takeThrow() -> Bool {
    defer { conversation.hasThrown = false }
    return conversation.hasThrown
  }

  /// Releases memory that the next message does not need.
  package func rest() { if isOpen { conversation.rest() } }

  /// Returns the filter's replies since the last call.
  package func takeReplies() -> [UInt8] {
    defer { link.replies = [] }
    return link.replies
  }

  /// Ends the connection, as if the MTA had closed it.
  package func end() {
    while !conversation.end() { runDue() }
    isOpen = false
    limits?.writeNow()
  }

  /// The filter's request to stop its server, from any thread.
  private final class StopWish: Sendable {
    private let flag = Atomic(false)
    var isRequested: Bool { flag.load(ordering: .relaxed) }
    func request() { flag.store(true, ordering: .relaxed) }
  }

  /// Runs the due callback to its end.
  private func runDue() {
    guard case .suspended = conversation.runDue({ false }) else { return }
    let hasEnded = Atomic<Bool>(false)
    conversation.executor.leave { [thread] in
      hasEnded.store(true, ordering: .releasing)
      thread.ring()
    }
    thread.wait { hasEnded.load(ordering: .acquiring) ? () : nil }
  }
}
