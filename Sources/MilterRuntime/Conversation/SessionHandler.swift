package import MilterCore

/// A filter as the engine uses it: it calls callbacks by name, with bytes as arguments.
///
/// Subclasses of ``Milter`` and ``AsyncMilter`` have their handlers, and the C library has its own. A handler
/// serves one connection, on one thread at a time.
///
/// If a filter may use the connection from several threads, its handler sets a lock with
/// ``Conversation/use(_:)``, which is not held while a callback runs.
///
/// An asynchronous callback runs in a task. The function for the callback only prepares it and returns that it
/// is due, and ``runDue(on:_:)`` calls it. The conversation continues with ``result()`` after the callback has
/// ended.
package protocol SessionHandler: AnyObject {
  /// The filter's name, for the log.
  var name: String { get }
  /// The callbacks of the filter.
  var callbacks: MilterCallbacks { get }
  /// The effects of a filter author's mistakes.
  var rules: SessionRules { get }

  /// Sets the connection of the filter; called once, before all other methods.
  func attach(to context: Conversation)

  /// Returns the filter's request from the MTA's offer, and the status; `nil` if the callback is due.
  func negotiate(_ offered: MilterOptions) throws -> (
    status: CallbackStatus, wanted: MilterOptions
  )?

  /// Calls a callback with a command's payload, and returns its status; `nil` if it is due.
  ///
  /// - Throws: An error if the payload is malformed; the connection is then closed.
  func run(_ callback: MilterCallback, _ payload: Span<UInt8>) throws(MilterError)
    -> CallbackStatus?

  /// Called when a message begins, before its first callback.
  func messageBegan()

  /// Called when the current message was aborted.
  ///
  /// - Returns: Whether the callback has ended; otherwise it is due.
  func abort() -> Bool

  /// Called once when a message has ended, after all of its callbacks.
  func messageEnded()

  /// Called when the connection has ended.
  ///
  /// - Returns: Whether the callback has ended; otherwise it is due.
  func close() -> Bool

  /// Runs the due callback in a task that begins on the calling thread.
  ///
  /// - Parameters:
  ///   - executor: Runs the rest of a callback that suspends.
  ///   - proceed: Called in the task if the callback has ended without suspending. It continues the connection,
  ///     and returns whether another callback is due.
  /// - Returns: How the task left the thread.
  func runDue(on executor: CallbackExecutor, _ proceed: @escaping () -> Bool) -> DueEnd

  /// Returns the result of the due callback after it has ended.
  func result() throws -> DueResult
}

extension SessionHandler {
  package func messageBegan() {}
  package func messageEnded() {}
  package func runDue(
    on executor: CallbackExecutor, _ proceed: @escaping () -> Bool
  ) -> DueEnd { .nothingDue }
  package func result() -> DueResult { .returned }
}
