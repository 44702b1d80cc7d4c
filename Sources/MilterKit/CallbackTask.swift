import MilterCore
import MilterRuntime

/// The task in which the callbacks of an ``AsyncMilter`` run, one after the other.
///
/// Creating a task costs several thousand instructions; resuming a waiting one costs several hundred.
/// So the callbacks of a message share a task while none suspends. A task that suspended ends with its
/// callback: it is on another thread then, and may have been canceled.
///
/// `@unchecked Sendable`, so that the task can hold on to it: the connection's thread uses it while the
/// task waits, and the task while a callback is under way; ``CallbackExecutor`` keeps the two apart.
final class CallbackTask: @unchecked Sendable {
  private let milter: AsyncMilter
  private let executor: CallbackExecutor
  /// The callback to run next.
  private var call: AsyncCall?
  /// The callback's result; nil until it has ended.
  private(set) var outcome: Result<SuspendedResult, any Error>?
  private var task: Task<Void, Never>?
  /// The continuation of the task, while it waits for a callback.
  private var waiting: UnsafeContinuation<Void, Never>?
  /// Whether ``run(_:)`` has returned while the callback was under way.
  private var isSuspended = false
  private var isKept = false
  /// The message in the task's log.
  private var message = LogMessage()
  private var isMessageNamed = false

  init(_ milter: AsyncMilter, _ executor: CallbackExecutor) {
    self.milter = milter
    self.executor = executor
  }

  /// Whether the callback under way was canceled.
  var isCanceled: Bool { executor.isCanceled }

  /// Runs a callback on the calling thread.
  ///
  /// - Returns: whether it has ended; if not, it suspended.
  func run(_ call: AsyncCall) -> Bool {
    executor.begin()
    self.call = call
    outcome = nil
    isSuspended = false
    if waiting == nil { (message, isMessageNamed) = (LogMessage(), false) }
    nameMessage(for: call)
    if let waiting {
      self.waiting = nil
      executor.resume(waiting)
    } else {
      // The new task inherits the value.
      task = MilterLog.$current.withValue(milter.log.about(message)) {
        executor.start { [self] in await serve() }
      }
    }
    isSuspended = outcome == nil
    if isSuspended, let task { executor.suspended(task) }
    if waiting == nil { task = nil }
    return !isSuspended
  }

  /// Keeps the task of the next callback for those after it.
  func keep() { isKept = executor.allowsSharedTask }

  /// Ends the task that was kept.
  func end() {
    isKept = false
    guard let waiting else { return }
    (self.waiting, task) = (nil, nil)
    executor.resume(waiting)
  }

  /// Looks for the queue ID until there is one, and again at the end: a filter that sees no envelope may
  /// have found that of the message before.
  private func nameMessage(for call: AsyncCall) {
    if isMessageNamed {
      guard case .eom = call else { return }
    }
    guard let symbols = milter.context?.session.symbols else { return }
    isMessageNamed = message.learn(from: symbols)
  }

  /// What the task does.
  nonisolated(nonsending) private func serve() async {
    while let call {
      self.call = nil
      do {
        outcome = .success(try await call.run(milter))
      } catch {
        outcome = .failure(error)
      }
      if isSuspended {
        // The connection continues at once on another thread.
        return executor.end()
      }
      guard isKept, !Task.isCancelled else { return }
      await withUnsafeContinuation { waiting = $0 }
    }
  }
}
