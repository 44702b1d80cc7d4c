import MilterRuntime

/// A task in which callbacks of an ``AsyncMilter`` run, one after the other.
///
/// Creating a task costs several thousand instructions, and suspending and resuming it costs more than a
/// thousand. So the connection continues inside one task until the end of the message, while no callback
/// suspends. A task that suspended ends with its callback, because it is then on another thread and may have
/// been canceled.
///
/// `@unchecked Sendable`, so that the task can refer to it. The thread that starts the task uses this object
/// before the task begins and after the task has left the thread. ``CallbackExecutor`` keeps the two apart.
final class CallbackTask: @unchecked Sendable {
  private let handler: AsyncMilterHandler
  private let proceed: () -> Bool
  /// The message that the task's log is about.
  private let message: LogMessage
  // The check of exclusive access would cost time in each callback; see above for what keeps threads apart.
  /// How the task left its first thread; `nil` while a callback runs.
  @exclusivity(unchecked) private var end: DueEnd?
  /// Whether the task has left its first thread while a callback was running.
  @exclusivity(unchecked) private var isSuspended = false

  init(_ handler: AsyncMilterHandler, _ message: LogMessage, _ proceed: @escaping () -> Bool) {
    self.handler = handler
    self.message = message
    self.proceed = proceed
  }

  /// Runs the due callback, and the callbacks that are due after it.
  func run(on executor: CallbackExecutor, _ log: MilterLog) -> DueEnd {
    executor.begin()
    // The new task inherits the value.
    let task = MilterLog.$current.withValue(log) {
      executor.start { [self] in await serve(executor) }
    }
    if let end { return end }
    isSuspended = true
    executor.suspended(task)
    return .suspended
  }

  /// The body of the task.
  nonisolated(nonsending) private func serve(_ executor: CallbackExecutor) async {
    repeat {
      do {
        handler.outcome = .success(try await handler.callDue())
      } catch {
        handler.outcome = .failure(error)
      }
      if isSuspended {
        // The connection continues at once on another thread.
        return executor.end()
      }
      guard proceed() else {
        end = .nothingDue
        return
      }
    } while handler.isUnderWay(message) && !Task.isCancelled
    end = .anotherDue
  }
}
